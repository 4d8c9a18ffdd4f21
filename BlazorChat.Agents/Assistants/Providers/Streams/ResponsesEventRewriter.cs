using System.Buffers;
using System.Text.Json;

namespace BlazorChat.Assistants.Providers.Streams;

/// <summary>The events of OpenAI's Responses that say something: all others only repeat it.</summary>
/// <param name="output">Receives the events.</param>
internal sealed class ResponsesEventRewriter(IBufferWriter<byte> output) : EventRewriter(output)
{
    private const string Prefix = "response.";

    private readonly Dictionary<string, Piece> _held = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _items = new(StringComparer.Ordinal);
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);
    private bool _hasCalls;
    private bool _hasText;
    private bool _hasReasoning;
    private long _number;

    /// <inheritdoc/>
    public override void Take(string? name, JsonElement root, bool isAlone)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        var isWhole = IsWord(root, "object", "response") || (LooseJson.Property(root, "output") is not null && LooseJson.Property(root, "type") is null);
        if (isWhole && Error(name, root) is null)
        {
            // A whole response, although a stream was asked for.
            Finish(LooseJson.Word(root, "status") is ("failed" or "incomplete" or "cancelled") and var status ? status : "completed", root);
            return;
        }

        var type = LooseJson.Word(root, "type") ?? name ?? "";
        if (!type.StartsWith(Prefix, StringComparison.Ordinal))
        {
            if (Error(name, root) is { } failure)
            {
                End();
                throw failure;
            }

            return;
        }

        switch (type[Prefix.Length..])
        {
            case "error":
                End();
                throw Error("error", root)!;
            case "created":
                WriteResponse("created", "in_progress", LooseJson.Object(root, "response") ?? default);
                break;
            case "output_text.delta" or "refusal.delta" or "reasoning_text.delta" or "reasoning_summary_text.delta" or "function_call_arguments.delta":
                WritePiece(type, root, "delta");
                break;
            case "output_text.done" or "reasoning_text.done" or "reasoning_summary_text.done" or "function_call_arguments.done":
                // Repeats what came in pieces, if any came.
                WritePiece($"{type[..^"done".Length]}delta", root, type.EndsWith("arguments.done", StringComparison.Ordinal) ? "arguments" : "text");
                break;
            case "refusal.done":
                WriteRefusal(type, root);
                break;
            case "output_item.added" or "output_item.done" when LooseJson.Object(root, "item") is { } item:
                End();
                WriteItem(type, IndexOf(root, LooseJson.Word(item, "id")), item);
                break;
            case "done":
                var response = LooseJson.Object(root, "response") ?? root;
                Finish(LooseJson.Word(response, "status") is ("failed" or "incomplete" or "cancelled") and var state ? state : "completed", response);
                break;
            case ("completed" or "incomplete" or "failed" or "cancelled") and var end:
                Finish(end, LooseJson.Object(root, "response") ?? root);
                break;
        }
    }

    /// <inheritdoc/>
    public override void Done()
    {
        if (!IsFinished)
        {
            Finish("completed", default);
        }

        Write("data: [DONE]\n\n"u8);
    }

    /// <inheritdoc/>
    public override void End()
    {
        foreach (var text in Halves.ReleaseAll())
        {
            WritePiece(_held[text], HalfCharacters.Unknown);
        }

        _held.Clear();
    }

    private void WritePiece(string type, JsonElement root, string field)
    {
        var piece = new Piece(
            type,
            LooseJson.Word(root, "item_id") ?? "",
            IndexOf(root, LooseJson.Word(root, "item_id")),
            type.Contains("summary", StringComparison.Ordinal) ? "summary_index" : "content_index",
            LooseJson.Count(LooseJson.Property(root, "summary_index") ?? LooseJson.Property(root, "content_index")) ?? 0);
        var given = type.EndsWith("arguments.delta", StringComparison.Ordinal) ? Arguments(LooseJson.Property(root, field)) : Text(LooseJson.Property(root, field));
        var key = $"{piece.Type} {piece.Item} {piece.Part}";
        if (given is not { Length: > 0 } || (field != "delta" && _told.Contains(key)))
        {
            return;
        }

        _told.Add(key);
        if (Halves.Any && !Halves.Holds(key))
        {
            // Another text begins: what the one before it still waits for does not come.
            End();
        }

        var text = Halves.Join(key, given);
        if (Halves.Holds(key))
        {
            _held[key] = piece;
        }

        WritePiece(piece, text);
    }

    private void WritePiece(Piece piece, string text)
    {
        _hasText |= piece.Type.Contains("output_text", StringComparison.Ordinal) || piece.Type.Contains("refusal", StringComparison.Ordinal);
        _hasReasoning |= piece.Type.Contains("reasoning", StringComparison.Ordinal);
        Begin(piece.Type);
        Json.WriteString("item_id", piece.ItemId);
        Json.WriteNumber("output_index", piece.Item);
        Json.WriteNumber(piece.PartName, piece.Part);
        Json.WriteString("delta", text);
        EndEvent();
    }

    private void WriteRefusal(string type, JsonElement root)
    {
        End();
        _hasText = true;
        Begin(type);
        Json.WriteString("item_id", LooseJson.Word(root, "item_id") ?? "");
        Json.WriteNumber("output_index", LooseJson.Count(LooseJson.Property(root, "output_index")) ?? 0);
        Json.WriteNumber("content_index", 0);
        Json.WriteString("refusal", Whole(LooseJson.Property(root, "refusal")));
        EndEvent();
    }

    /// <summary>The place of an item in the response. Servers that leave it out still name the item.</summary>
    private long IndexOf(JsonElement root, string? id)
    {
        var given = LooseJson.Count(LooseJson.Property(root, "output_index"));
        if (id is not { Length: > 0 })
        {
            return given ?? 0;
        }

        if (given is not null)
        {
            _items[id] = given.Value;
        }
        else if (!_items.ContainsKey(id))
        {
            _items[id] = _items.Count == 0 ? 0 : _items.Values.Max() + 1;
        }

        return _items[id];
    }

    private void WriteItem(string type, long index, JsonElement item)
    {
        var kind = LooseJson.Word(item, "type");
        if (kind is not ("function_call" or "reasoning" or "message"))
        {
            return;
        }

        _hasCalls |= kind == "function_call";
        _hasText |= kind == "message" && type.EndsWith(".done", StringComparison.Ordinal);
        _hasReasoning |= kind == "reasoning" && type.EndsWith(".done", StringComparison.Ordinal);
        Begin(type);
        Json.WriteNumber("output_index", index);
        Json.WriteStartObject("item");
        Json.WriteString("type", kind);
        Json.WriteString("id", LooseJson.Word(item, "id") ?? "");
        Json.WriteString("status", type.EndsWith(".done", StringComparison.Ordinal) ? "completed" : "in_progress");
        switch (kind)
        {
            case "function_call":
                Json.WriteString("call_id", LooseJson.Word(item, "call_id") ?? LooseJson.Word(item, "id") ?? "");
                Json.WriteString("name", LooseJson.Word(item, "name") ?? "");
                Json.WriteString("arguments", Halves.Join("", Arguments(LooseJson.Property(item, "arguments"))) + Halves.Release(""));
                break;
            case "reasoning":
                WriteReasoning(item);
                break;
            case "message":
                WriteMessage(item);
                break;
        }

        Json.WriteEndObject();
        EndEvent();
    }

    private void WriteReasoning(JsonElement item)
    {
        Json.WriteStartArray("summary");
        foreach (var part in LooseJson.List(LooseJson.Property(item, "summary")))
        {
            Json.WriteStartObject();
            Json.WriteString("type", "summary_text");
            Json.WriteString("text", Whole(part));
            Json.WriteEndObject();
        }

        Json.WriteEndArray();
        if (LooseJson.Word(item, "encrypted_content") is { Length: > 0 } encrypted)
        {
            Json.WriteString("encrypted_content", encrypted);
        }
    }

    private void WriteMessage(JsonElement item)
    {
        Json.WriteString("role", "assistant");
        Json.WriteStartArray("content");
        foreach (var part in LooseJson.List(LooseJson.Property(item, "content")))
        {
            Json.WriteStartObject();
            if (LooseJson.Property(part, "refusal") is { } refusal)
            {
                Json.WriteString("type", "refusal");
                Json.WriteString("refusal", Whole(refusal));
            }
            else
            {
                Json.WriteString("type", "output_text");
                Json.WriteString("text", Whole(part));
                WriteCitations(part);
            }

            Json.WriteEndObject();
        }

        Json.WriteEndArray();
    }

    private void WriteCitations(JsonElement part)
    {
        Json.WriteStartArray("annotations");
        foreach (var citation in LooseJson.List(LooseJson.Property(part, "annotations")))
        {
            if (citation.ValueKind == JsonValueKind.Object && IsWord(citation, "type", "url_citation")
                && Uri.TryCreate(LooseJson.Word(citation, "url"), UriKind.Absolute, out var url))
            {
                Json.WriteStartObject();
                Json.WriteString("type", "url_citation");
                Json.WriteNumber("start_index", LooseJson.Count(LooseJson.Property(citation, "start_index")) ?? 0);
                Json.WriteNumber("end_index", LooseJson.Count(LooseJson.Property(citation, "end_index")) ?? 0);
                Json.WriteString("url", url.AbsoluteUri);
                Json.WriteString("title", Whole(LooseJson.Property(citation, "title")));
                Json.WriteEndObject();
            }
        }

        Json.WriteEndArray();
    }

    private void Finish(string status, JsonElement response)
    {
        End();
        // Some servers say everything with the end, or what they have no pieces for.
        var (hasCalls, hasText, hasReasoning) = (_hasCalls, _hasText, _hasReasoning);
        foreach (var (index, item) in LooseJson.List(LooseJson.Property(response, "output")).Where(item => item.ValueKind == JsonValueKind.Object).Index())
        {
            if (LooseJson.Word(item, "type") switch { "function_call" => !hasCalls, "message" => !hasText, "reasoning" => !hasReasoning && !hasText, _ => false })
            {
                WriteItem("response.output_item.done", index, item);
            }
        }

        IsFinished = true;
        WriteResponse(status == "cancelled" ? "failed" : status, status, response);
    }

    private void WriteResponse(string type, string status, JsonElement response)
    {
        Begin(Prefix + type);
        Json.WriteStartObject("response");
        Json.WriteString("id", LooseJson.Word(response, "id") ?? "");
        Json.WriteString("object", "response");
        Json.WriteNumber("created_at", LooseJson.Count(LooseJson.Property(response, "created_at")) ?? 0);
        Json.WriteString("status", status);
        Json.WriteString("model", LooseJson.Word(response, "model") ?? "");
        Json.WriteStartArray("output");
        Json.WriteEndArray();
        Json.WriteBoolean("parallel_tool_calls", true);
        Json.WriteString("tool_choice", "auto");
        Json.WriteStartArray("tools");
        Json.WriteEndArray();
        if (LooseJson.Object(response, "incomplete_details") is { } details && LooseJson.Word(details, "reason") is { Length: > 0 } reason)
        {
            Json.WriteStartObject("incomplete_details");
            Json.WriteString("reason", reason);
            Json.WriteEndObject();
        }

        if (LooseJson.Property(response, "error") is { } error)
        {
            var (code, message) = ProviderMessage.Parse(error);
            Json.WriteStartObject("error");
            Json.WriteString("code", code ?? "server_error");
            Json.WriteString("message", message);
            Json.WriteEndObject();
        }

        WriteUsage(response);
        Json.WriteEndObject();
        EndEvent();
    }

    private void WriteUsage(JsonElement response)
    {
        if (LooseJson.Object(response, "usage") is not { } usage)
        {
            return;
        }

        var input = LooseJson.Count(LooseJson.Property(usage, "input_tokens")) ?? 0;
        var written = LooseJson.Count(LooseJson.Property(usage, "output_tokens")) ?? 0;
        Json.WriteStartObject("usage");
        Json.WriteNumber("input_tokens", input);
        Json.WriteNumber("output_tokens", written);
        Json.WriteNumber("total_tokens", LooseJson.Count(LooseJson.Property(usage, "total_tokens")) ?? input + written);
        WriteDetail("input_tokens_details", "cached_tokens");
        WriteDetail("output_tokens_details", "reasoning_tokens");
        Json.WriteEndObject();

        void WriteDetail(string group, string name)
        {
            Json.WriteStartObject(group);
            Json.WriteNumber(name, LooseJson.Object(usage, group) is { } details ? LooseJson.Count(LooseJson.Property(details, name)) ?? 0 : 0);
            Json.WriteEndObject();
        }
    }

    private string Whole(JsonElement? value) => Text(value) is { } text ? Halves.Join("", text) + Halves.Release("") : "";

    private void Begin(string type)
    {
        BeginEvent(type);
        Json.WriteString("type", type);
        Json.WriteNumber("sequence_number", _number++);
    }

    private sealed record Piece(string Type, string ItemId, long Item, string PartName, long Part);
}
