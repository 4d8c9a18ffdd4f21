using System.Buffers;
using System.Text;
using System.Text.Json;

namespace BlazorChat.Assistants.Providers.Streams;

/// <summary>The events of a protocol that is not known here, as they came, with the sign for what cannot be read in place of half a character.</summary>
/// <param name="output">Receives the events.</param>
internal sealed class PlainEventRewriter(IBufferWriter<byte> output) : EventRewriter(output)
{
    /// <inheritdoc/>
    public override void Take(string? name, JsonElement root, bool isAlone)
    {
        var json = Encoding.UTF8.GetBytes(WireText.WithoutHalves(root.GetRawText()).ReplaceLineEndings(" "));
        if (isAlone)
        {
            Write(json);
            Write("\n"u8);
            return;
        }

        WriteData(name, json);
    }

    /// <inheritdoc/>
    public override void Done() => Write("data: [DONE]\n\n"u8);

    /// <inheritdoc/>
    public override void End()
    {
    }

    /// <inheritdoc/>
    public override bool TakeText(string? name, ReadOnlySpan<byte> data)
    {
        WriteData(name, data);
        return true;
    }

    /// <inheritdoc/>
    public override void TakeLine(ReadOnlySpan<byte> line)
    {
        Write(line);
        Write("\n"u8);
    }

    private void WriteData(string? name, ReadOnlySpan<byte> data)
    {
        if (name is not null)
        {
            Write("event: "u8);
            Write(Encoding.UTF8.GetBytes(name));
            Write("\n"u8);
        }

        foreach (var range in data.Split((byte)'\n'))
        {
            Write("data: "u8);
            Write(data[range]);
            Write("\n"u8);
        }

        Write("\n"u8);
    }
}
