using System.Text.Json;
using Microsoft.Extensions.AI;

namespace BlazorChat.Tests.Assistants.Providers.OpenAI;

/// <summary>OpenAI's chat completions.</summary>
public class OpenAIWire : ModelWire
{
    public override string Begin => Chunk("""{"role":"assistant","content":""}""", "null");

    public override string StopReason => "stop";

    public override string CallReason => "tool_calls";

    public override string LengthReason => "length";

    public override string Done => "data: [DONE]\n\n";

    public override string Path => "/v1/chat/completions";

    public override string Name => OpenAI;

    public override string Text(string text) => Chunk($$"""{"content":{{Json(text)}}}""", "null");

    public override string BeginCall(int number, string id, string name) =>
        Chunk($$$"""{"tool_calls":[{"index":{{{number}}},"id":{{{Json(id)}}},"type":"function","function":{"name":{{{Json(name)}}},"arguments":""}}]}""", "null");

    public override string CallPiece(int number, string piece) =>
        Chunk($$$"""{"tool_calls":[{"index":{{{number}}},"function":{"arguments":{{{Json(piece)}}}}}]}""", "null");

    public override string EndCall(int number) => "";

    public override string Finish(string reason) => Chunk("{}", Json(reason));

    public override string Refusal(string text) => Chunk($$"""{"refusal":{{Json(text)}}}""", "null") + End;

    public override string ErrorEvent(string type, string message) => $"data: {ErrorBody(type, message)}\n\n";

    public override string ErrorBody(string type, string message) => Json(new { error = new { message, type, code = (string?)null } });

    public override Uri Endpoint(Uri address) => new(address, "v1");

    public override string FilterReason => "content_filter";

    public override string Thought(string text, string seal) => Chunk($$"""{"reasoning_content":{{Json(text)}}}""", "null");

    public override UsageDetails ExpectedUsage => new() { InputTokenCount = 30, OutputTokenCount = 20, CachedInputTokenCount = 10, ReasoningTokenCount = 5 };

    public override string EndWithUsage =>
        Finish(StopReason)
        + """data: {"id":"c1","object":"chat.completion.chunk","created":1700000000,"model":"test-model-1","choices":[],"usage":{"prompt_tokens":30,"completion_tokens":20,"total_tokens":50,"prompt_tokens_details":{"cached_tokens":10},"completion_tokens_details":{"reasoning_tokens":5}}}""" + "\n\n"
        + Done;

    public override IEnumerable<string> Results(JsonElement request) =>
        request.GetProperty("messages").EnumerateArray().Where(message => message.GetProperty("role").GetString() == "tool")
            .Select(message => $"{message.GetProperty("tool_call_id")}: {message.GetProperty("content")}");

    protected static string Chunk(string delta, string reason) =>
        $$"""data: {"id":"c1","object":"chat.completion.chunk","created":1700000000,"model":"test-model-1","choices":[{"index":0,"delta":{{delta}},"finish_reason":{{reason}}}]}""" + "\n\n";
}
