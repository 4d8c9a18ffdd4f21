using System.Buffers;
using System.Text.Json;

namespace BlazorChat.Assistants.Providers.Streams;

/// <summary>
/// Ollama's lines, rewritten so that OllamaSharp reads them without loss. It throws at arguments that are not an object, reads an error as
/// an empty piece, and fails at an end without a message.
/// </summary>
/// <param name="output">Receives the lines.</param>
internal sealed class OllamaLineRewriter(IBufferWriter<byte> output) : EventRewriter(output)
{
    /// <summary>The name under which OllamaSharp reads a call's arguments: their text, whatever it is.</summary>
    public const string RawArguments = "raw";

    private const string Content = "content";
    private const string Thinking = "thinking";

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

        var failure = Error(name, root);
        var message = LooseJson.Object(root, "message") ?? default;
        var isDone = LooseJson.Property(root, "done") is { } done && (done.ValueKind == JsonValueKind.True || (done.ValueKind == JsonValueKind.String && done.ValueEquals("true"u8)));

        // The field of its other command has the text in some servers that adopted the protocol.
        var text = Text(LooseJson.Property(message, Content) ?? LooseJson.Property(root, "response"));
        var thinking = Text(LooseJson.Property(message, Thinking) ?? LooseJson.Property(message, "reasoning") ?? LooseJson.Property(message, "reasoning_content"));
        var calls = LooseJson.List(LooseJson.Unpacked(LooseJson.Property(message, "tool_calls"))).Where(call => call.ValueKind == JsonValueKind.Object).ToList();
        if (failure is null && text is null && thinking is null && calls.Count == 0 && !isDone && message.ValueKind == JsonValueKind.Undefined)
        {
            return;
        }

        if (Halves.Any && ((thinking is { Length: > 0 } && Halves.Holds(Content)) || (text is { Length: > 0 } && Halves.Holds(Thinking)) || calls.Count > 0))
        {
            End();
        }

        text = text is null ? null : Halves.Join(Content, text);
        thinking = thinking is null ? null : Halves.Join(Thinking, thinking);
        if (isDone && Halves.Any)
        {
            (text, thinking) = (text + Halves.Release(Content), thinking + Halves.Release(Thinking));
        }

        if (failure is null || text is { Length: > 0 } || thinking is { Length: > 0 })
        {
            IsFinished |= isDone && failure is null;
            WriteLine(root, text, thinking, calls, isDone && failure is null);
        }

        if (failure is not null)
        {
            throw failure;
        }
    }

    /// <inheritdoc/>
    public override void Done()
    {
        if (!IsFinished)
        {
            IsFinished = true;
            End();
            WriteLine(default, text: null, thinking: null, [], isDone: true);
        }
    }

    /// <inheritdoc/>
    public override void End()
    {
        foreach (var text in Halves.ReleaseAll())
        {
            WriteLine(default, text == Content ? HalfCharacters.Unknown : null, text == Thinking ? HalfCharacters.Unknown : null, [], isDone: false);
        }
    }

    private void WriteLine(JsonElement root, string? text, string? thinking, List<JsonElement> calls, bool isDone)
    {
        Json.Reset();
        Json.WriteStartObject();
        Json.WriteString("model", LooseJson.Word(root, "model") ?? "");
        Json.WriteString("created_at", LooseJson.Word(root, "created_at") ?? "");
        Json.WriteStartObject("message");
        Json.WriteString("role", "assistant");
        Json.WriteString(Content, text ?? "");
        if (thinking is { Length: > 0 })
        {
            Json.WriteString(Thinking, thinking);
        }

        if (calls.Count > 0)
        {
            WriteCalls(calls);
        }

        Json.WriteEndObject();
        Json.WriteBoolean("done", isDone);

        // The library fails at an empty reason.
        Json.WriteString("done_reason", LooseJson.Word(root, "done_reason") is { } reason && !string.IsNullOrWhiteSpace(reason) ? reason : "stop");
        Json.WriteNumber("prompt_eval_count", LooseJson.Count(LooseJson.Property(root, "prompt_eval_count")) ?? 0);
        Json.WriteNumber("eval_count", LooseJson.Count(LooseJson.Property(root, "eval_count")) ?? 0);
        Json.WriteEndObject();
        Json.Flush();
        Write("\n"u8);
    }

    private void WriteCalls(List<JsonElement> calls)
    {
        Json.WriteStartArray("tool_calls");
        foreach (var call in calls)
        {
            var function = LooseJson.Object(call, "function") ?? call;
            Json.WriteStartObject();
            Json.WriteString("id", LooseJson.Word(call, "id") ?? "");
            Json.WriteStartObject("function");
            Json.WriteString("name", LooseJson.Word(function, "name")?.Trim() ?? "");
            Json.WriteStartObject("arguments");

            // Some servers that adopted the protocol send arguments as text, like OpenAI's protocol.
            var arguments = Arguments(LooseJson.Property(function, "arguments") ?? LooseJson.Property(function, "parameters"));
            Json.WriteString(RawArguments, Halves.Join("", arguments) + Halves.Release(""));
            Json.WriteEndObject();
            Json.WriteEndObject();
            Json.WriteEndObject();
        }

        Json.WriteEndArray();
    }
}
