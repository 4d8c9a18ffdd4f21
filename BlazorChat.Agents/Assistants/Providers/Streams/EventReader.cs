using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using BlazorChat.Assistants.Resilience;

namespace BlazorChat.Assistants.Providers.Streams;

/// <summary>
/// Reads the lines of a model's stream as events, whose data an <see cref="EventRewriter"/> writes anew. An event counts as soon as its
/// JSON is complete, so servers that leave out the empty line behind it, glue two events together, or send JSON without events are
/// understood too (the format: https://html.spec.whatwg.org/multipage/server-sent-events.html). Not thread-safe.
/// </summary>
/// <param name="protocol">The server's protocol.</param>
/// <param name="output">Receives the events.</param>
internal sealed class EventReader(ModelProtocol protocol, ArrayBufferWriter<byte> output) : IDisposable
{
    private readonly ArrayBufferWriter<byte> _data = new();
    private JsonBrackets _brackets;
    private EventRewriter? _rewriter = protocol == ModelProtocol.Unknown ? null : Create(protocol, output);
    private string? _name;
    private bool _isAlone;
    private bool _isStrange;
    private bool _hasEvents;
    private bool _hasOutput;
    private bool _isBehindStart;
    private int _documents;

    // What the server said instead of a response.
    private (string? Code, string Words) _said = (null, "");

    /// <summary>The number of events that could not be read.</summary>
    public int Unreadable { get; private set; }

    /// <summary>Reads a line.</summary>
    /// <param name="line">The line, without the bytes that end it.</param>
    /// <exception cref="ChatFailureException">It ends an event that is an error, or the event is too long.</exception>
    public void Take(ReadOnlySpan<byte> line)
    {
        if (!_isBehindStart)
        {
            _isBehindStart = true;
            line = line.StartsWith("\uFEFF"u8) ? line["\uFEFF"u8.Length..] : line;
        }

        if (!Utf8.IsValid(line))
        {
            line = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(line));
        }

        if (line.IsEmpty)
        {
            if (!_isAlone)
            {
                Release();
                _name = null;
            }
        }
        else if (line.StartsWith("data:"u8) || (_data.WrittenCount == 0 && line.TrimStart(" \t"u8).StartsWith("data:"u8)))
        {
            if (_isAlone)
            {
                Release();
            }

            Add(line.TrimStart(" \t"u8)["data:"u8.Length..]);
        }
        else if (_isAlone && _data.WrittenCount > 0)
        {
            Add(line);
        }
        else if (line.StartsWith("event:"u8))
        {
            _name = Encoding.UTF8.GetString(line["event:"u8.Length..]).Trim();
        }
        else if (_data.WrittenCount > 0 && line[0] != ':' && !line.StartsWith("id:"u8) && !line.StartsWith("retry:"u8))
        {
            // A line break inside the data that should have been an escape.
            Add(line);
        }
        else if (line.TrimStart(" \t\uFEFF"u8) is [(byte)'{' or (byte)'[', ..] and var json)
        {
            _isAlone = true;
            Add(json);
        }
        else if (_rewriter is not null)
        {
            if (line[0] != ':' && !line.StartsWith("id:"u8) && !line.StartsWith("retry:"u8))
            {
                _isStrange = true;
                Hear(code: null, ProviderMessage.Parse(line.ToArray()).Message);
            }

            _rewriter.TakeLine(line);
        }
        else
        {
            output.Write(line);
            output.Write("\n"u8);
        }
    }

    /// <summary>Passes on what is still held back, at the end of the stream.</summary>
    /// <param name="isWhole">Whether the server ended the stream.</param>
    /// <exception cref="ChatFailureException">The stream had nothing that a model's server sends, or ended with something else.</exception>
    public void End(bool isWhole)
    {
        // An event that was cut with the connection is no mistake of the server.
        var (before, said) = (Unreadable, _said);
        var isCut = _data.WrittenSpan.TrimStart(" \t"u8) is [(byte)'{' or (byte)'[', ..];
        Release();
        (Unreadable, _said) = isCut ? (before, said) : (Unreadable, _said);
        if (isWhole && Unreadable == 0 && _documents == 1 && _rewriter is { IsWhole: true, IsFinished: false })
        {
            _rewriter.Done();
        }

        _rewriter?.End();
        if (!isWhole || _rewriter is null or PlainEventRewriter or { IsFinished: true })
        {
            return;
        }

        // Where every line is an event, a line that is something else could have been one.
        if (Unreadable > 0 || (_isStrange && _hasEvents && protocol == ModelProtocol.Ollama))
        {
            throw ChatFailures.NotUnderstood(_hasOutput ? "" : _said.Words);
        }

        if (_isStrange && !_hasEvents)
        {
            throw ChatFailures.NotAStream(200, _said.Words);
        }

        if (_said.Words.Length > 0 && !_isStrange)
        {
            throw ChatFailures.ErrorEvent(_said.Code, _said.Words);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _rewriter?.Dispose();

    private static EventRewriter Create(ModelProtocol protocol, IBufferWriter<byte> output) => protocol switch
    {
        ModelProtocol.Chat => new ChatChunkRewriter(output),
        ModelProtocol.Responses => new ResponsesEventRewriter(output),
        ModelProtocol.Anthropic => new AnthropicEventRewriter(output),
        ModelProtocol.Ollama => new OllamaLineRewriter(output),
        _ => new PlainEventRewriter(output),
    };

    private static ModelProtocol ProtocolOf(JsonElement root) =>
        LooseJson.Property(root, "choices") is not null || LooseJson.Word(root, "object")?.StartsWith("chat.completion", StringComparison.Ordinal) == true ? ModelProtocol.Chat
        : LooseJson.Word(root, "object") == "response" || LooseJson.Word(root, "type")?.StartsWith("response.", StringComparison.Ordinal) == true ? ModelProtocol.Responses
        : LooseJson.Word(root, "type") is "message" or "message_start" or "ping" or "content_block_start" ? ModelProtocol.Anthropic
        : ModelProtocol.Unknown;

    private void Add(ReadOnlySpan<byte> piece)
    {
        while (true)
        {
            if (_data.WrittenCount == 0)
            {
                piece = piece.Trim(" \t"u8);
                if (Ascii.EqualsIgnoreCase(piece.Trim((byte)'"'), "[DONE]"u8))
                {
                    _hasEvents = true;
                    if (!_hasOutput && _said.Words.Length > 0)
                    {
                        throw ChatFailures.ErrorEvent(_said.Code, _said.Words);
                    }

                    (_rewriter ??= Create(ModelProtocol.Unknown, output)).Done();
                    return;
                }
            }
            else
            {
                _data.Write("\n"u8);
            }

            var end = _brackets.Read(piece);
            _data.Write(end < 0 ? piece : piece[..end]);
            if (_data.WrittenCount > MendedStream.MaxLineBytes)
            {
                throw ChatFailures.TooLong(MendedStream.MaxLineBytes);
            }

            if (end < 0)
            {
                return;
            }

            Release();
            piece = piece[end..].Trim(" \t,"u8);
            if (piece.StartsWith("data:"u8))
            {
                piece = piece["data:"u8.Length..];
            }

            if (piece.IsEmpty)
            {
                return;
            }
        }
    }

    /// <summary>Reads the data that has come since the last event.</summary>
    private void Release()
    {
        var data = _data.WrittenMemory;
        if (data.IsEmpty)
        {
            _isAlone = false;
            return;
        }

        try
        {
            if (!TryTake(data, _isAlone) && !TryTakePart(data))
            {
                TakeText(data.Span);
            }
        }
        finally
        {
            _data.ResetWrittenCount();
            _brackets = default;
            _isAlone = false;
        }
    }

    private bool TryTake(ReadOnlyMemory<byte> data, bool isAlone)
    {
        if (data.Span.Trim(" \t\n"u8) is not [(byte)'{' or (byte)'[', ..])
        {
            return false;
        }

        using var document = LooseJson.Parse(data);
        if (document is null)
        {
            return false;
        }

        var root = document.RootElement;
        var before = output.WrittenCount;
        _rewriter ??= Create(ProtocolOf(root), output);
        _rewriter.Take(_name, root, isAlone);

        // A document that has nothing of a response comes from another kind of server, or says what is wrong in its own form.
        var isResponse = output.WrittenCount > before;
        _hasEvents |= !isAlone || isResponse;
        _isStrange |= isAlone && !isResponse;
        _hasOutput |= isResponse;
        _documents++;
        if (!isResponse && _rewriter is not PlainEventRewriter && LooseJson.Property(root, "type") is null && LooseJson.Property(root, "choices") is null)
        {
            var (code, words) = ProviderMessage.Parse(root);
            Hear(code, words);
        }

        return true;
    }

    /// <summary>Reads the last event of several that lack the break between them, of which the first were cut.</summary>
    private bool TryTakePart(ReadOnlyMemory<byte> data)
    {
        var at = data.Span.LastIndexOf("data:"u8);
        return at > 0 && TryTake(data[(at + "data:"u8.Length)..], isAlone: false);
    }

    private void TakeText(ReadOnlySpan<byte> data)
    {
        if (_name == "error")
        {
            _hasEvents = true;
            throw ChatFailures.ErrorEvent(code: null, Encoding.UTF8.GetString(data));
        }

        if (!(_rewriter ??= Create(ModelProtocol.Unknown, output)).TakeText(_name, data))
        {
            Unreadable++;
            Hear(code: null, ProviderMessage.Parse(data.ToArray()).Message);
        }
    }

    private void Hear(string? code, string words)
    {
        // Bytes that are no text are no words either.
        if (_said.Words.Length == 0 && !words.Contains('\uFFFD', StringComparison.Ordinal))
        {
            _said = (code, words);
        }
    }
}
