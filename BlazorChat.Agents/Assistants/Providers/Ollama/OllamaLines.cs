using System.Buffers;
using System.Text.Json;
using BlazorChat.Assistants.Resilience;

namespace BlazorChat.Assistants.Providers.Ollama;

/// <summary>
/// The lines of a streamed response, rewritten so that OllamaSharp reads them without loss. It throws at arguments that are not an object
/// and at half of a surrogate pair, which loses the text beside them; it reads an error as an empty piece, and fails at an end without a
/// message. Errors are thrown here, after the lines before them have been read.
/// </summary>
/// <param name="inner">The server's stream; disposed with this one.</param>
/// <param name="stop">Ends the connection, even during a read.</param>
internal sealed class OllamaLines(Stream inner, CancellationToken stop) : Stream
{
    /// <summary>The name under which OllamaSharp reads a call's arguments: their text, whatever it is.</summary>
    public const string RawArguments = "raw";

    /// <summary>The most bytes of a line. Typical lines have a few hundred, but a tool call comes in one line.</summary>
    private const int MaxLineBytes = 8_000_000;

    private byte[] _buffer = new byte[8192];
    private int _start;
    private int _searched;
    private int _end;
    private bool _isFirst = true;
    private bool _isAtEnd;
    private ReadOnlyMemory<byte> _ready;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    /// <exception cref="ChatFailureException">The server reports an error, or sends a line that is not part of a response.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_ready.IsEmpty)
        {
            // One line at a time, so that everything before an invalid line is read before the exception.
            if (await ReadLineAsync().ConfigureAwait(false) is not { } line)
            {
                return 0;
            }

            _ready = Mend(line);
        }

        var count = Math.Min(buffer.Length, _ready.Length);
        _ready[..count].CopyTo(buffer);
        _ready = _ready[count..];
        return count;
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private async ValueTask<ReadOnlyMemory<byte>?> ReadLineAsync()
    {
        while (true)
        {
            var found = _buffer.AsSpan(_searched, _end - _searched).IndexOf((byte)'\n');
            if (found >= 0 || _isAtEnd)
            {
                if (found < 0 && _start == _end)
                {
                    return null;
                }

                var end = found >= 0 ? _searched + found : _end;
                var line = _buffer.AsMemory(_start, end - _start);
                _start = _searched = found >= 0 ? end + 1 : end;
                return line;
            }

            _searched = _end;
            MakeRoom();
            var read = await inner.ReadAsync(_buffer.AsMemory(_end), stop).ConfigureAwait(false);
            _end += read;
            _isAtEnd = read == 0;
        }
    }

    private void MakeRoom()
    {
        if (_end < _buffer.Length)
        {
            return;
        }

        if (_end - _start > MaxLineBytes)
        {
            throw ChatFailures.TooLong(MaxLineBytes);
        }

        var buffer = _start > _buffer.Length / 2 ? _buffer : new byte[_buffer.Length * 2];
        _buffer.AsSpan(_start, _end - _start).CopyTo(buffer);
        (_buffer, _searched, _end, _start) = (buffer, _searched - _start, _end - _start, 0);
    }

    private ReadOnlyMemory<byte> Mend(ReadOnlyMemory<byte> line)
    {
        if (line.Span.Trim(" \r\t"u8).IsEmpty)
        {
            return ReadOnlyMemory<byte>.Empty;
        }

        try
        {
            using var document = JsonDocument.Parse(line);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                throw ChatFailures.NotUnderstood();
            }

            if (root.TryGetProperty("error", out var error) && error.ValueKind != JsonValueKind.Null)
            {
                var (code, message) = ProviderMessage.Parse(error);
                throw ChatFailures.ErrorEvent(code, message);
            }

            _isFirst = false;
            return Write(root);
        }
        catch (JsonException exception)
        {
            // The connection ended in the middle of a line: only the lines before it count.
            return _isAtEnd && _start == _end && !_isFirst ? ReadOnlyMemory<byte>.Empty
                : throw (_isFirst ? ChatFailures.NotAStream(200) : ChatFailures.NotUnderstood(exception));
        }
    }

    private static ReadOnlyMemory<byte> Write(JsonElement root)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("model", Text(root, "model") ?? "");
            writer.WriteString("created_at", Text(root, "created_at") ?? "");
            writer.WriteStartObject("message");
            writer.WriteString("role", "assistant");
            var message = root.TryGetProperty("message", out var given) && given.ValueKind == JsonValueKind.Object ? given : default(JsonElement?);
            writer.WriteString("content", message is { } said ? Text(said, "content") ?? "" : "");
            if (message is { } thought && Text(thought, "thinking") is { } thinking)
            {
                writer.WriteString("thinking", thinking);
            }

            if (message is { } calling && calling.TryGetProperty("tool_calls", out var calls) && calls.ValueKind == JsonValueKind.Array)
            {
                WriteCalls(writer, calls);
            }

            writer.WriteEndObject();
            writer.WriteBoolean("done", root.TryGetProperty("done", out var done) && done.ValueKind == JsonValueKind.True);

            // The library fails at an empty reason.
            writer.WriteString("done_reason", Text(root, "done_reason") is { } reason && !string.IsNullOrWhiteSpace(reason) ? reason : "stop");
            writer.WriteNumber("prompt_eval_count", Count(root, "prompt_eval_count"));
            writer.WriteNumber("eval_count", Count(root, "eval_count"));
            writer.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenMemory;
    }

    private static void WriteCalls(Utf8JsonWriter writer, JsonElement calls)
    {
        writer.WriteStartArray("tool_calls");
        foreach (var call in calls.EnumerateArray())
        {
            if (call.ValueKind == JsonValueKind.Object && call.TryGetProperty("function", out var function) && function.ValueKind == JsonValueKind.Object)
            {
                writer.WriteStartObject();
                writer.WriteString("id", Text(call, "id") ?? "");
                writer.WriteStartObject("function");
                writer.WriteString("name", Text(function, "name") ?? "");
                writer.WriteStartObject("arguments");
                writer.WriteString(RawArguments, Arguments(function));
                writer.WriteEndObject();
                writer.WriteEndObject();
                writer.WriteEndObject();
            }
        }

        writer.WriteEndArray();
    }

    /// <summary>Some servers that adopted the protocol send arguments as text, like OpenAI's protocol.</summary>
    private static string Arguments(JsonElement function) =>
        !function.TryGetProperty("arguments", out var arguments) || arguments.ValueKind == JsonValueKind.Null ? ""
        : arguments.ValueKind == JsonValueKind.String ? WireText.Of(arguments)
        : arguments.GetRawText();

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? WireText.Of(value) : null;

    private static int Count(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var count) && count > 0 ? count : 0;
}
