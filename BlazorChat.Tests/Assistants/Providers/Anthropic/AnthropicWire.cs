using System.Text.Json;
using BlazorChat.Assistants;
using Microsoft.Extensions.AI;

namespace BlazorChat.Tests.Assistants.Providers.Anthropic;

/// <summary>Anthropic's messages.</summary>
public sealed class AnthropicWire : ModelWire
{
    public override string Begin =>
        Event("message_start", """{"type":"message_start","message":{"id":"m1","type":"message","role":"assistant","model":"test-model-1","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":3,"output_tokens":1}}}""")
        + Event("content_block_start", """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}""");

    public override string StopReason => "end_turn";

    public override string CallReason => "tool_use";

    public override string LengthReason => "max_tokens";

    public override string Done => Event("message_stop", """{"type":"message_stop"}""");

    public override string Path => "/v1/messages";

    public override string Name => Anthropic;

    public override string Text(string text) =>
        Event("content_block_delta", $$$"""{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":{{{Json(text)}}}}}""");

    public override string BeginCall(int number, string id, string name) =>
        Event("content_block_start", $$$$"""{"type":"content_block_start","index":{{{{number + 1}}}},"content_block":{"type":"tool_use","id":{{{{Json(id)}}}},"name":{{{{Json(name)}}}},"input":{}}}""");

    public override string CallPiece(int number, string piece) =>
        Event("content_block_delta", $$$"""{"type":"content_block_delta","index":{{{number + 1}}},"delta":{"type":"input_json_delta","partial_json":{{{Json(piece)}}}}}""");

    public override string EndCall(int number) => Event("content_block_stop", $$"""{"type":"content_block_stop","index":{{number + 1}}}""");

    public override string Finish(string reason) =>
        Event("content_block_stop", """{"type":"content_block_stop","index":0}""")
        + Event("message_delta", $$$"""{"type":"message_delta","delta":{"stop_reason":{{{Json(reason)}}},"stop_sequence":null},"usage":{"output_tokens":5}}""");

    public override string Refusal(string text) => Text(text) + Finish("refusal") + Done;

    public override string ErrorEvent(string type, string message) => Event("error", ErrorBody(type, message));

    public override string ErrorBody(string type, string message) => Json(new { type = "error", error = new { type, message } });

    public override Uri Endpoint(Uri address) => address;

    public override string FilterReason => "refusal";

    public override IEnumerable<string> UnknownReasons => [.. base.UnknownReasons, "pause_turn"];

    public override IEnumerable<(int Status, string Type, ChatFailureKind Kind)> LastingErrors =>
    [
        (401, "authentication_error", ChatFailureKind.Unauthorized),
        (400, "invalid_request_error", ChatFailureKind.InvalidRequest),
        (413, "request_too_large", ChatFailureKind.PromptTooLong),
    ];

    public override IEnumerable<(string Type, ChatFailureKind Kind)> ErrorEvents =>
    [
        ("overloaded_error", ChatFailureKind.ProviderError),
        ("rate_limit_error", ChatFailureKind.RateLimited),
        ("api_error", ChatFailureKind.ProviderError),
    ];

    public override bool TakesReasoningBack => true;

    public override UsageDetails ExpectedUsage => new() { InputTokenCount = 30, OutputTokenCount = 20, CachedInputTokenCount = 10 };

    public override string EndWithUsage =>
        Event("content_block_stop", """{"type":"content_block_stop","index":0}""")
        + Event("message_delta", """{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"input_tokens":20,"cache_read_input_tokens":10,"output_tokens":20}}""")
        + Done;

    public override string Thought(string text, string seal) =>
        Event("content_block_start", """{"type":"content_block_start","index":50,"content_block":{"type":"thinking","thinking":"","signature":""}}""")
        + Event("content_block_delta", $$$"""{"type":"content_block_delta","index":50,"delta":{"type":"thinking_delta","thinking":{{{Json(text)}}}}}""")
        + Event("content_block_delta", $$$"""{"type":"content_block_delta","index":50,"delta":{"type":"signature_delta","signature":{{{Json(seal)}}}}}""")
        + Event("content_block_stop", """{"type":"content_block_stop","index":50}""");

    public override IEnumerable<string> Results(JsonElement request) =>
        request.GetProperty("messages").EnumerateArray().SelectMany(message => message.GetProperty("content").EnumerateArray())
            .Where(block => block.GetProperty("type").GetString() == "tool_result")
            .Select(block => $"{block.GetProperty("tool_use_id")}: {Words(block.GetProperty("content"))}");

    private static string? Words(JsonElement content) =>
        content.ValueKind == JsonValueKind.String ? content.GetString() : string.Concat(content.EnumerateArray().Select(part => part.GetProperty("text").GetString()));

    private static string Event(string name, string data) => $"event: {name}\ndata: {data}\n\n";
}
