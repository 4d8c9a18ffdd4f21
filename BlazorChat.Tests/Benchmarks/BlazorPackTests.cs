using BlazorChat.Benchmarks.Circuits;
using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.Benchmarks;

[Trait(nameof(Kind), Kind.Unit)]
public class BlazorPackTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(65_536)]
    [InlineData(-1)]
    [InlineData(-33)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public void An_integer_is_read_as_it_was_written(long value)
    {
        var reader = new BlazorPackReader(Message(writer => writer.Int64(value)));

        Assert.Equal(value, reader.ReadInt64());
        Assert.True(reader.AtEnd);
    }

    // The widths that the server's writer chooses and this project's own does not.
    [Theory]
    [InlineData(new byte[] { 0xcc, 0xff }, 255)]
    [InlineData(new byte[] { 0xcd, 0x01, 0x00 }, 256)]
    [InlineData(new byte[] { 0xce, 0xff, 0xff, 0xff, 0xff }, 4_294_967_295)]
    [InlineData(new byte[] { 0xd0, 0x80 }, -128)]
    [InlineData(new byte[] { 0xd1, 0x80, 0x00 }, -32_768)]
    [InlineData(new byte[] { 0xd2, 0x80, 0x00, 0x00, 0x00 }, -2_147_483_648)]
    [InlineData(new byte[] { 0xe0 }, -32)]
    public void Every_width_of_an_integer_is_understood(byte[] bytes, long expected)
    {
        var reader = new BlazorPackReader(bytes);

        Assert.Equal(expected, reader.ReadInt64());
        Assert.True(reader.AtEnd);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    public void A_string_of_any_length_is_read_as_it_was_written(int length)
    {
        var text = new string('x', length);
        var reader = new BlazorPackReader(Message(writer => writer.String(text)));

        Assert.Equal(text, reader.ReadString());
        Assert.True(reader.AtEnd);
    }

    [Fact]
    public void Nil_is_null_as_a_string_and_empty_as_bytes()
    {
        var message = Message(writer => writer.Nil().String(null).String("é"));
        var reader = new BlazorPackReader(message);

        Assert.Null(reader.ReadString());
        Assert.True(reader.ReadBytes().IsEmpty);
        Assert.Equal("é", reader.ReadString());
    }

    [Fact]
    public void Skipping_passes_over_a_value_with_everything_inside_it()
    {
        byte[] map = [0x81, 0xa1, (byte)'k', 0x92, 0xc3, 0xcb, 0, 0, 0, 0, 0, 0, 0, 0];
        var reader = new BlazorPackReader([.. map, 0xca, 0, 0, 0, 0, 0x93, 0x01, 0xc0, 0xc4, 0x01, 0xff, 0x2a]);

        reader.Skip();
        reader.Skip();
        reader.Skip();

        Assert.Equal(42, reader.ReadInt64());
        Assert.True(reader.AtEnd);
    }

    [Theory]
    [InlineData(new byte[] { })]
    [InlineData(new byte[] { 0xd9, 0x05, 0x61 })]
    [InlineData(new byte[] { 0xcd, 0x01 })]
    [InlineData(new byte[] { 0x92, 0x01 })]
    [InlineData(new byte[] { 0xc6, 0xff, 0xff, 0xff, 0xff })]
    [InlineData(new byte[] { 0xc1 })]
    public void A_broken_message_is_a_format_error(byte[] bytes)
    {
        Assert.Throws<FormatException>(() => new BlazorPackReader(bytes).Skip());
    }

    [Fact]
    public void Nesting_without_end_is_a_format_error()
    {
        var arrays = Enumerable.Repeat((byte)0x91, 100_000).ToArray();

        Assert.Throws<FormatException>(() => new BlazorPackReader(arrays).Skip());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(200)]
    [InlineData(20_000)]
    public void A_frame_is_found_only_when_all_of_it_has_come(int length)
    {
        var frame = new BlazorPackWriter().String(new string('x', length)).ToFrame();
        byte[] received = [.. frame, .. frame];

        Assert.False(HubFrame.TryFind(received.AsSpan(0, frame.Length - 1), out _));
        Assert.True(HubFrame.TryFind(received, out var found));
        Assert.Equal(frame.Length, found.End);
        Assert.Equal(new string('x', length), new BlazorPackReader(received.AsSpan(found.Start, found.End - found.Start)).ReadString());
    }

    [Fact]
    public void A_frame_that_claims_to_be_endless_is_refused()
    {
        Assert.Throws<FormatException>(() => HubFrame.TryFind([0xff, 0xff, 0xff, 0xff, 0x7f], out _));
    }

    private static byte[] Message(Action<BlazorPackWriter> write)
    {
        var writer = new BlazorPackWriter();
        write(writer);
        var frame = writer.ToFrame();
        Assert.True(HubFrame.TryFind(frame, out var found));
        return frame[found.Start..found.End];
    }
}
