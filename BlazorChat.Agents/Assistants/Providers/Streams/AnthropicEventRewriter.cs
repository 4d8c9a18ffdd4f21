using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace BlazorChat.Assistants.Providers.Streams;

/// <summary>The events of Anthropic's messages.</summary>
/// <param name="output">Receives the events.</param>
internal sealed class AnthropicEventRewriter(IBufferWriter<byte> output) : EventRewriter(output)
{
    // The text of each delta, and its field.
    private static readonly Dictionary<string, string> Fields = new(StringComparer.Ordinal)
    {
        ["text_delta"] = "text",
        ["thinking_delta"] = "thinking",
        ["signature_delta"] = "signature",
        ["input_json_delta"] = "partial_json",
    };

    // The blocks that have begun: the library reads a piece only inside its block.
    private readonly HashSet<long> _open = [];
    private bool _hasStarted;

    /// <inheritdoc/>
    public override void Take(string? name, JsonElement root, bool isAlone)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        var index = LooseJson.Count(LooseJson.Property(root, "index")) ?? 0;
        switch (LooseJson.Word(root, "type") ?? name ?? (isAlone && LooseJson.Property(root, "content") is not null ? "message" : null))
        {
            case "message":
                WriteWhole(root);
                break;
            case "message_start":
                Start(LooseJson.Object(root, "message") ?? default);
                break;
            case "content_block_start" when LooseJson.Object(root, "content_block") is { } block:
                StartBlock(index, block);
                break;
            case "content_block_delta" when LooseJson.Object(root, "delta") is { } delta:
                WriteDelta(index, delta);
                break;
            case "content_block_stop":
                StopBlock(index);
                break;
            case "message_delta":
                WriteEnd(LooseJson.Object(root, "delta") is { } end ? LooseJson.Word(end, "stop_reason") : null, LooseJson.Object(root, "usage"));
                break;
            case "message_stop":
                Stop();
                break;
            default:
                if (Error(name, root) is { } failure)
                {
                    End();
                    throw failure;
                }

                break;
        }
    }

    /// <inheritdoc/>
    public override void Done() => Stop();

    /// <inheritdoc/>
    public override void End()
    {
        foreach (var text in Halves.ReleaseAll())
        {
            var (type, index) = (text[..text.IndexOf(' ', StringComparison.Ordinal)], long.Parse(text[text.IndexOf(' ', StringComparison.Ordinal)..], CultureInfo.InvariantCulture));
            WriteDelta(index, type, HalfCharacters.Unknown);
        }
    }

    private void WriteWhole(JsonElement message)
    {
        Start(message);
        foreach (var (index, block) in LooseJson.List(LooseJson.Property(message, "content")).Where(block => block.ValueKind is JsonValueKind.Object or JsonValueKind.String).Index())
        {
            StartBlock(index, block);
            StopBlock(index);
        }

        WriteEnd(LooseJson.Word(message, "stop_reason"), LooseJson.Object(message, "usage"));
        Stop();
    }

    private void Start(JsonElement message)
    {
        _hasStarted = true;
        Begin("message_start");
        Json.WriteStartObject("message");
        Json.WriteString("id", LooseJson.Word(message, "id") ?? "");
        Json.WriteString("type", "message");
        Json.WriteString("role", "assistant");
        Json.WriteString("model", LooseJson.Word(message, "model") ?? "");
        Json.WriteStartArray("content");
        Json.WriteEndArray();
        Json.WriteNull("stop_reason");
        Json.WriteNull("stop_sequence");
        WriteUsage(LooseJson.Object(message, "usage"), isWhole: true);
        Json.WriteEndObject();
        EndEvent();
    }

    private void StartBlock(long index, JsonElement block)
    {
        var type = LooseJson.Word(block, "type");
        var isText = type is "text" or null;
        if (!isText && type is not ("thinking" or "redacted_thinking" or "tool_use"))
        {
            return;
        }

        BeginBlock(index, isText ? "text" : type!);
        var input = LooseJson.Unpacked(LooseJson.Property(block, "input"));
        switch (type)
        {
            case "tool_use":
                Json.WriteString("id", LooseJson.Word(block, "id") ?? "");
                Json.WriteString("name", LooseJson.Word(block, "name") ?? "");
                Json.WritePropertyName("input");
                Json.WriteRawValue(input is { ValueKind: JsonValueKind.Object } given ? WireText.WithoutHalves(given.GetRawText()) : "{}");
                break;
            case "thinking":
                Json.WriteString("thinking", Whole(LooseJson.Property(block, "thinking")));
                Json.WriteString("signature", LooseJson.Word(block, "signature") ?? "");
                break;
            case "redacted_thinking":
                Json.WriteString("data", LooseJson.Word(block, "data") ?? "");
                break;
            default:
                Json.WriteString("text", Whole(block));
                break;
        }

        EndBlock();
    }

    private void BeginBlock(long index, string type)
    {
        if (!_hasStarted)
        {
            Start(default);
        }

        _open.Add(index);
        Begin("content_block_start");
        Json.WriteNumber("index", index);
        Json.WriteStartObject("content_block");
        Json.WriteString("type", type);
    }

    private void EndBlock()
    {
        Json.WriteEndObject();
        EndEvent();
    }

    private void WriteDelta(long index, JsonElement delta)
    {
        var type = LooseJson.Word(delta, "type") ?? "text_delta";
        if (!Fields.TryGetValue(type, out var field) || LooseJson.Property(delta, field) is not { } value)
        {
            return;
        }

        if (!_open.Contains(index))
        {
            if (type is not ("text_delta" or "thinking_delta"))
            {
                return;
            }

            BeginBlock(index, type == "text_delta" ? "text" : "thinking");
            Json.WriteString(field, "");
            if (type == "thinking_delta")
            {
                Json.WriteString("signature", "");
            }

            EndBlock();
        }

        var key = string.Create(CultureInfo.InvariantCulture, $"{type} {index}");
        if (Halves.Any && !Halves.Holds(key))
        {
            End();
        }

        WriteDelta(index, type, Halves.Join(key, type == "input_json_delta" ? Arguments(value) : Text(value) ?? ""));
    }

    private void WriteDelta(long index, string type, string text)
    {
        Begin("content_block_delta");
        Json.WriteNumber("index", index);
        Json.WriteStartObject("delta");
        Json.WriteString("type", type);
        Json.WriteString(Fields[type], text);
        Json.WriteEndObject();
        EndEvent();
    }

    private void StopBlock(long index)
    {
        End();
        if (_open.Remove(index))
        {
            Begin("content_block_stop");
            Json.WriteNumber("index", index);
            EndEvent();
        }
    }

    private void WriteEnd(string? reason, JsonElement? usage)
    {
        // Events without a reason count tokens while the response goes on.
        if (reason is not null)
        {
            End();
            IsFinished = true;
        }

        Begin("message_delta");
        Json.WriteStartObject("delta");
        Json.WriteString("stop_reason", reason);
        Json.WriteNull("stop_sequence");
        Json.WriteEndObject();
        WriteUsage(usage, isWhole: false);
        EndEvent();
    }

    private void Stop()
    {
        End();
        foreach (var index in _open.ToArray())
        {
            StopBlock(index);
        }

        if (!IsFinished)
        {
            WriteEnd("end_turn", usage: null);
        }

        Begin("message_stop");
        EndEvent();
    }

    private void WriteUsage(JsonElement? given, bool isWhole)
    {
        Json.WriteStartObject("usage");
        foreach (var name in (ReadOnlySpan<string>)["input_tokens", "output_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"])
        {
            var count = given is { } usage ? LooseJson.Count(LooseJson.Property(usage, name)) : null;
            if (count is not null || name == "output_tokens" || (isWhole && name == "input_tokens"))
            {
                Json.WriteNumber(name, count ?? 0);
            }
        }

        if (given is { } whole && LooseJson.Object(whole, "output_tokens_details") is { } details && LooseJson.Count(LooseJson.Property(details, "thinking_tokens")) is { } thinking)
        {
            Json.WriteStartObject("output_tokens_details");
            Json.WriteNumber("thinking_tokens", thinking);
            Json.WriteEndObject();
        }

        Json.WriteEndObject();
    }

    private string Whole(JsonElement? value) => Text(value) is { } text ? Halves.Join("", text) + Halves.Release("") : "";

    private void Begin(string type)
    {
        BeginEvent(type);
        Json.WriteString("type", type);
    }
}
