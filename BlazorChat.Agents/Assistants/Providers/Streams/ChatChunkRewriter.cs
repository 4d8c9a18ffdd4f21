using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace BlazorChat.Assistants.Providers.Streams;

/// <summary>The chunks of OpenAI's chat completions, in all the forms that servers give them.</summary>
/// <param name="output">Receives the events.</param>
internal sealed class ChatChunkRewriter(IBufferWriter<byte> output) : EventRewriter(output)
{
    /// <summary>The property that keeps a finish reason that the library does not know. The field that the library reads is then null.</summary>
    public const string FinishReasonProperty = "finish_reason_given";

    private const string Content = "content";
    private const string Reasoning = "reasoning";
    private const string Call = "call ";

    private bool _hasDeltas;
    private bool _hasSaid;

    /// <inheritdoc/>
    public override void Take(string? name, JsonElement root, bool isAlone)
    {
        if (root.ValueKind == JsonValueKind.Array)
        {
            foreach (var one in root.EnumerateArray().Where(one => one.ValueKind == JsonValueKind.Object))
            {
                Take(name, one, isAlone);
            }

            return;
        }

        var choice = LooseJson.List(LooseJson.Property(root, "choices")).Where(one => one.ValueKind == JsonValueKind.Object)
            .OrderBy(one => LooseJson.Count(LooseJson.Property(one, "index")) ?? 0).FirstOrDefault();
        var failure = Error(name, root)
            ?? (choice.ValueKind == JsonValueKind.Undefined ? null : Error(name: null, choice));
        if (choice.ValueKind == JsonValueKind.Object)
        {
            WriteChoice(root, choice, failure is not null);
        }
        else if (LooseJson.Object(root, "usage") is not null)
        {
            WriteChunk(root, delta: null, reason: null, default);
        }

        if (failure is not null)
        {
            throw failure;
        }

        if (isAlone && IsWord(root, "object", "chat.completion"))
        {
            // A whole response, although a stream was asked for: nothing can follow.
            Done();
        }
    }

    /// <inheritdoc/>
    public override void Done()
    {
        if (!IsFinished)
        {
            IsFinished = true;
            WriteChunk(default, new Delta { Content = Halves.Release(Content) }, "stop", default);
        }

        End();
        Write("data: [DONE]\n\n"u8);
    }

    /// <inheritdoc/>
    public override void End()
    {
        foreach (var text in Halves.ReleaseAll())
        {
            var delta = text switch
            {
                Content => new Delta { Content = HalfCharacters.Unknown },
                Reasoning => new Delta { Reasoning = HalfCharacters.Unknown },
                _ => new Delta { Calls = [new CallPiece(long.Parse(text[Call.Length..], CultureInfo.InvariantCulture), null, null, HalfCharacters.Unknown)] },
            };
            WriteChunk(default, delta, reason: null, default);
        }
    }

    private void WriteChoice(JsonElement root, JsonElement choice, bool hasFailed)
    {
        // Some servers give every chunk the form of a whole response. Others only the last one, which repeats what came before.
        var given = LooseJson.Property(choice, "delta");
        _hasDeltas |= given is not null;
        var delta = given switch
        {
            { ValueKind: JsonValueKind.Object } piece => Read(piece),
            { ValueKind: JsonValueKind.String } text => new Delta { Content = Text(text) },
            _ => new Delta { Content = Text(LooseJson.Property(choice, "text")) },
        };
        if (delta.Calls.Count == 0 && LooseJson.Property(choice, "tool_calls") is not null)
        {
            delta = delta with { Calls = [.. Calls(choice)] };
        }

        if ((!_hasDeltas || (!_hasSaid && delta.IsEmpty)) && LooseJson.Object(choice, "message") is { } message)
        {
            delta = Read(message);
        }

        _hasSaid |= !delta.IsEmpty;
        IsWhole = given is null && LooseJson.Object(choice, "message") is not null;
        var reason = hasFailed ? null : Reason(choice) ?? (given is { ValueKind: JsonValueKind.Object } end ? Reason(end) : null);
        var isOver = reason is { Length: > 0 };
        var joined = delta with
        {
            Content = Join(Content, delta.Content, isOver || delta.Calls.Count > 0),
            Reasoning = Join(Reasoning, delta.Reasoning, isOver || delta.Content is { Length: > 0 }),
            Calls = delta.Calls.ConvertAll(call => call with { Arguments = Halves.Join(NameOf(call), call.Arguments) }),
        };
        if (isOver && Halves.Any)
        {
            // Of a call: nothing can complete it any more.
            End();
        }

        IsFinished |= isOver;
        WriteChunk(root, joined, reason, choice);
    }

    private static Delta Read(JsonElement said) => new()
    {
        Content = Text(TextOf(LooseJson.Property(said, "content"))),
        Reasoning = ReasoningOf(said),
        Refusal = Text(LooseJson.Property(said, "refusal")),
        Calls = [.. Calls(said)],
    };

    private static string NameOf(CallPiece call) => string.Create(CultureInfo.InvariantCulture, $"{Call}{call.Index}");

    private string? Join(string text, string? piece, bool isOver)
    {
        var joined = piece is { Length: > 0 } ? Halves.Join(text, piece) : piece;
        return isOver && Halves.Holds(text) ? joined + Halves.Release(text) : joined;
    }

    private void WriteChunk(JsonElement root, Delta? delta, string? reason, JsonElement choice)
    {
        BeginEvent();
        WriteText("id", LooseJson.Word(root, "id"));
        Json.WriteString("object", "chat.completion.chunk");
        if (LooseJson.Count(LooseJson.Property(root, "created")) is { } created)
        {
            Json.WriteNumber("created", created);
        }

        WriteText("model", LooseJson.Word(root, "model"));
        Json.WriteStartArray("choices");
        if (delta is not null)
        {
            WriteChoice(delta, reason);
        }

        Json.WriteEndArray();
        WriteUsage(LooseJson.Object(root, "usage") ?? LooseJson.Object(choice, "usage"));
        EndEvent();
    }

    private void WriteChoice(Delta delta, string? reason)
    {
        Json.WriteStartObject();
        Json.WriteNumber("index", 0);
        Json.WriteStartObject("delta");
        Json.WriteString("role", "assistant");
        WriteText("content", delta.Content);
        WriteText("reasoning_content", delta.Reasoning);
        WriteText("refusal", delta.Refusal);
        if (delta.Calls.Count > 0)
        {
            Json.WriteStartArray("tool_calls");
            foreach (var call in delta.Calls)
            {
                Json.WriteStartObject();
                Json.WriteNumber("index", call.Index);
                // The connector needs one; an empty one is replaced where calls are read.
                Json.WriteString("id", call.Id ?? "");
                Json.WriteString("type", "function");
                Json.WriteStartObject("function");
                WriteText("name", call.Name);
                Json.WriteString("arguments", call.Arguments);
                Json.WriteEndObject();
                Json.WriteEndObject();
            }

            Json.WriteEndArray();
        }

        Json.WriteEndObject();
        var known = Known(reason);
        Json.WriteString("finish_reason", known);
        if (known is null && reason is not null)
        {
            Json.WriteString(FinishReasonProperty, reason);
        }

        Json.WriteEndObject();
    }

    private void WriteText(string name, string? text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            Json.WriteString(name, text);
        }
    }

    private void WriteUsage(JsonElement? given)
    {
        if (given is not { } usage)
        {
            return;
        }

        var input = LooseJson.Count(LooseJson.Property(usage, "prompt_tokens") ?? LooseJson.Property(usage, "input_tokens"));
        var written = LooseJson.Count(LooseJson.Property(usage, "completion_tokens") ?? LooseJson.Property(usage, "output_tokens"));
        if (input is null && written is null)
        {
            return;
        }

        Json.WriteStartObject("usage");
        Json.WriteNumber("prompt_tokens", input ?? 0);
        Json.WriteNumber("completion_tokens", written ?? 0);
        Json.WriteNumber("total_tokens", LooseJson.Count(LooseJson.Property(usage, "total_tokens")) ?? (input ?? 0) + (written ?? 0));
        WriteDetail("prompt_tokens_details", "cached_tokens");
        WriteDetail("completion_tokens_details", "reasoning_tokens");
        Json.WriteEndObject();

        void WriteDetail(string group, string name)
        {
            if (LooseJson.Object(usage, group) is { } details && LooseJson.Count(LooseJson.Property(details, name)) is { } count)
            {
                Json.WriteStartObject(group);
                Json.WriteNumber(name, count);
                Json.WriteEndObject();
            }
        }
    }

    /// <summary>The content without parts that are reasoning, which some servers put there.</summary>
    private static JsonElement? TextOf(JsonElement? content) =>
        content is { ValueKind: JsonValueKind.Array } parts && parts.EnumerateArray().Any(IsReasoning)
            ? JsonSerializer.SerializeToElement(parts.EnumerateArray().Where(part => !IsReasoning(part)).ToArray())
            : content;

    // reasoning_content is the name at DeepSeek and vLLM, reasoning at Ollama and OpenRouter (beside or instead of reasoning_details); some
    // send both. Mistral has parts for it, and Gemini marks parts as thoughts.
    private static string? ReasoningOf(JsonElement said) =>
        NotEmpty(Text(LooseJson.Property(said, "reasoning_content")))
        ?? NotEmpty(Text(LooseJson.Property(said, "reasoning")))
        ?? NotEmpty(Text(LooseJson.Property(said, "thinking")))
        ?? NotEmpty(Text(LooseJson.Property(said, "reasoning_text")))
        ?? NotEmpty(string.Concat(LooseJson.List(LooseJson.Property(said, "content")).Where(IsReasoning).Select(part => Text(LooseJson.Property(part, "thinking") ?? LooseJson.Property(part, "text")))))
        ?? NotEmpty(string.Concat(LooseJson.List(LooseJson.Property(said, "reasoning_details")).Select(part => Text(LooseJson.Property(part, "text") ?? LooseJson.Property(part, "summary")))));

    private static bool IsReasoning(JsonElement part) =>
        part.ValueKind == JsonValueKind.Object && (IsWord(part, "type", "thinking") || IsWord(part, "type", "reasoning") || LooseJson.Property(part, "thought") is { ValueKind: JsonValueKind.True });

    private static string? NotEmpty(string? text) => text is { Length: > 0 } ? text : null;

    private static IEnumerable<CallPiece> Calls(JsonElement said)
    {
        var number = 0;
        foreach (var call in LooseJson.List(LooseJson.Unpacked(LooseJson.Property(said, "tool_calls"))).Where(call => call.ValueKind == JsonValueKind.Object))
        {
            // A whole message has no index, and a chunk without one has one call.
            var index = LooseJson.Count(LooseJson.Property(call, "index")) ?? number;
            number++;
            yield return Piece(index, LooseJson.Word(call, "id"), LooseJson.Object(call, "function") ?? call);
        }

        // What tool_calls replaced in 2023; old servers still send it.
        if (number == 0 && LooseJson.Object(said, "function_call") is { } legacy)
        {
            yield return Piece(0, id: null, legacy);
        }
    }

    private static CallPiece Piece(long index, string? id, JsonElement function) =>
        new(index, id, LooseJson.Word(function, "name")?.Trim(), Arguments(LooseJson.Property(function, "arguments") ?? LooseJson.Property(function, "parameters") ?? LooseJson.Property(function, "input")));

    private static string? Reason(JsonElement choice) => LooseJson.Property(choice, "finish_reason") switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } word => WireText.Of(word).Trim(),
        { ValueKind: JsonValueKind.False } => null,
        { } other => other.GetRawText(),
    };

    /// <summary>The library's word for a reason; null if it has none. Other protocols' words come through proxies.</summary>
    private static string? Known(string? reason) => reason?.ToLowerInvariant() switch
    {
        "stop" or "end_turn" or "stop_sequence" => "stop",
        "length" or "max_tokens" or "model_length" or "max_output_tokens" => "length",
        "content_filter" or "safety" or "recitation" or "refusal" => "content_filter",
        "tool_calls" or "tool_use" or "tool_call" => "tool_calls",
        "function_call" => "function_call",
        _ => null,
    };

    private sealed record Delta
    {
        public bool IsEmpty => string.IsNullOrEmpty(Content) && string.IsNullOrEmpty(Reasoning) && string.IsNullOrEmpty(Refusal) && Calls.Count == 0;

        public string? Content { get; init; }

        public string? Reasoning { get; init; }

        public string? Refusal { get; init; }

        public List<CallPiece> Calls { get; init; } = [];
    }

    private sealed record CallPiece(long Index, string? Id, string? Name, string Arguments);
}
