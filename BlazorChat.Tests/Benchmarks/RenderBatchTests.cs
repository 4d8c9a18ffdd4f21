using System.Buffers.Binary;
using System.Text;
using BlazorChat.Benchmarks.Circuits;
using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.Benchmarks;

[Trait(nameof(Kind), Kind.Unit)]
public class RenderBatchTests
{
    [Fact]
    public void Every_string_of_a_batch_is_read_in_order()
    {
        var longText = new string('é', 200);

        Assert.Equal(["p", "", longText, "<b>mk00001</b>"], Strings(Batch(frames: 3, "p", "", longText, "<b>mk00001</b>")));
    }

    [Fact]
    public void A_batch_without_strings_has_none()
    {
        Assert.Empty(Strings(Batch(frames: 0)));
    }

    [Fact]
    public void A_batch_says_how_many_frames_it_brings()
    {
        Assert.Equal(3, new RenderBatch(Batch(frames: 3, "p")).FrameCount);
    }

    [Fact]
    public void A_batch_cut_anywhere_is_a_format_error_or_has_other_strings_but_never_reads_outside()
    {
        var batch = Batch(frames: 1, "one", "two");
        for (var length = 0; length < batch.Length; length++)
        {
            var cut = batch[..length];
            var error = Record.Exception(() => Strings(cut));
            Assert.True(error is null or FormatException, $"{length}: {error}");
        }
    }

    [Fact]
    public void A_string_outside_of_the_batch_is_a_format_error()
    {
        var batch = Batch(frames: 0, "one");
        var table = BinaryPrimitives.ReadInt32LittleEndian(batch.AsSpan(batch.Length - 4));
        BinaryPrimitives.WriteInt32LittleEndian(batch.AsSpan(table), batch.Length - 2);
        batch[^2] = 0x7f;

        Assert.Throws<FormatException>(() => Strings(batch));
    }

    private static List<string> Strings(byte[] batch)
    {
        var strings = new List<string>();
        var sections = new RenderBatch(batch);
        for (var i = 0; i < sections.StringCount; i++)
        {
            strings.Add(Encoding.UTF8.GetString(sections.StringAt(i)));
        }

        return strings;
    }

    // No updated components, frames of 20 bytes each, nothing disposed, the strings, their table, and the trailer.
    private static byte[] Batch(int frames, params string[] strings)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write(0);
        var framesAt = (int)bytes.Position;
        writer.Write(frames);
        writer.Write(new byte[20 * frames]);
        var disposedAt = (int)bytes.Position;
        writer.Write(0);
        var handlersAt = (int)bytes.Position;
        writer.Write(0);
        var positions = new List<int>();
        foreach (var text in strings)
        {
            positions.Add((int)bytes.Position);
            writer.Write(text);
        }

        var tableAt = (int)bytes.Position;
        positions.ForEach(writer.Write);
        foreach (var section in new[] { 0, framesAt, disposedAt, handlersAt, tableAt })
        {
            writer.Write(section);
        }

        return bytes.ToArray();
    }
}
