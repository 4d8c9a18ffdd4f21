using System.Text.Json;
using System.Text.Json.Nodes;
using BlazorChat.Assistants;
using Microsoft.Extensions.AI;

namespace BlazorChat.Tests.Assistants.Providers.Ollama;

/// <summary>Ollama's protocol: one JSON object a line, the last of which says why the response ends. Calls come whole.</summary>
internal sealed class OllamaWire : ModelWire
{
    public override string Begin => "";

    public override string StopReason => "stop";

    public override string CallReason => "stop";

    public override string LengthReason => "length";

    public override string Done => "";

    public override string Path => "/api/chat";

    public override string Name => Ollama;

    public override string Text(string text) => Line(new JsonObject { ["content"] = text });

    /// <summary>A piece of thinking.</summary>
    public static string Thinking(string text) => Line(new JsonObject { ["content"] = "", ["thinking"] = text });

    public override string? FilterReason => null;

    public override bool ShowsPieces => false;

    public override bool Refuses => false;

    // Errors are a sentence without a word for their kind.
    public override IEnumerable<(int Status, string Type, ChatFailureKind Kind)> LastingErrors =>
        [(401, "", ChatFailureKind.Unauthorized), (400, "", ChatFailureKind.InvalidRequest), (404, "", ChatFailureKind.InvalidRequest)];

    public override IEnumerable<(string Type, ChatFailureKind Kind)> ErrorEvents => [("", ChatFailureKind.ProviderError)];

    // It counts 0 tokens.
    public override bool AimockSaysAll => false;

    public override bool AnswersById => false;

    public override string EndWithUsage => Finish(StopReason, 30, 20);

    public override UsageDetails ExpectedUsage => new() { InputTokenCount = 30, OutputTokenCount = 20 };

    // The protocol has no seal: thinking is not sent back.
    public override string Thought(string text, string seal) => Thinking(text);

    public override IEnumerable<string> Results(JsonElement request) =>
        request.GetProperty("messages").EnumerateArray().Where(message => message.GetProperty("role").GetString() == "tool")
            .Select(message => $"{message.GetProperty("tool_name")}: {message.GetProperty("content")}");

    public override string CallInPieces(int number, string id, string name, params string[] pieces) => Call(number, id, name, string.Concat(pieces));

    public override string BeginCall(int number, string id, string name) => throw new NotSupportedException("Calls come whole.");

    public override string CallPiece(int number, string piece) => throw new NotSupportedException("Calls come whole.");

    public override string EndCall(int number) => throw new NotSupportedException("Calls come whole.");

    public override string Call(int number, string id, string name, string arguments = "{}") => Line(new JsonObject
    {
        ["content"] = "",
        ["tool_calls"] = new JsonArray(new JsonObject { ["id"] = id, ["function"] = new JsonObject { ["index"] = number, ["name"] = name, ["arguments"] = JsonNode.Parse(arguments) } }),
    });

    public override string Finish(string reason) => Finish(reason, 26, 5);

    /// <summary>The last line, with counts of tokens.</summary>
    public static string Finish(string reason, int read, int written) =>
        $$$"""{"model":"test-model-1","created_at":"2026-11-01T10:00:01.123456789Z","message":{"role":"assistant","content":""},"done":true,"done_reason":{{{Json(reason)}}},"total_duration":4883583458,"load_duration":1334875,"prompt_eval_count":{{{read}}},"prompt_eval_duration":342546000,"eval_count":{{{written}}},"eval_duration":4535599000}""" + "\n";

    public override string Refusal(string text) => throw new NotSupportedException("The protocol has no refusal.");

    public override string ErrorEvent(string type, string message) => ErrorBody(type, message) + "\n";

    public override string ErrorBody(string type, string message) => Json(new { error = message });

    public override Uri Endpoint(Uri address) => address;

    private static string Line(JsonObject message)
    {
        message["role"] = "assistant";
        return new JsonObject { ["model"] = "test-model-1", ["created_at"] = "2026-11-01T10:00:00.123456789Z", ["message"] = message, ["done"] = false }.ToJsonString() + "\n";
    }
}
