using System.Text.Json;
using BlazorChat.Assistants;
using Microsoft.Extensions.AI;

namespace BlazorChat.Tests.Assistants.Providers.OpenAI;

/// <summary>OpenAI's Responses.</summary>
public sealed class ResponsesWire : ModelWire
{
    public override string Begin =>
        Event("response.created", $$""","response":{{Response("in_progress")}}""")
        + Event("response.output_item.added", ""","output_index":0,"item":{"id":"msg_1","type":"message","status":"in_progress","role":"assistant","content":[]}""");

    public override string StopReason => "completed";

    public override string CallReason => "completed";

    public override string LengthReason => "max_output_tokens";

    public override string FilterReason => "content_filter";

    public override bool TakesReasoningBack => true;

    public override string Done => "";

    public override string EndMark => "data: [DONE]\n\n";

    public override string Path => "/v1/responses";

    public override string Name => OpenAI;

    public override UsageDetails ExpectedUsage => new() { InputTokenCount = 30, OutputTokenCount = 20, CachedInputTokenCount = 10, ReasoningTokenCount = 5 };

    private const string Usage = """{"input_tokens":30,"output_tokens":20,"total_tokens":50,"input_tokens_details":{"cached_tokens":10},"output_tokens_details":{"reasoning_tokens":5}}""";

    public override string EndWithUsage => Event("response.completed", $$""","response":{{Response("completed", Usage)}}""");

    /// <summary>The event of a response that was cut at its length limit, with the same counts.</summary>
    public string CutWithUsage => Event("response.incomplete", $$""","response":{{Response("incomplete", Usage, $$"""{"reason":{{Json(LengthReason)}}}""")}}""");

    public override string Text(string text) =>
        Event("response.output_text.delta", $$""","item_id":"msg_1","output_index":0,"content_index":0,"delta":{{Json(text)}}""");

    public override string BeginCall(int number, string id, string name) => Event(
        "response.output_item.added",
        $$""","output_index":{{number + 1}},"item":{"id":"fc_{{number}}","type":"function_call","status":"in_progress","call_id":{{Json(id)}},"name":{{Json(name)}},"arguments":""}""");

    public override string CallPiece(int number, string piece) =>
        Event("response.function_call_arguments.delta", $$""","item_id":"fc_{{number}}","output_index":{{number + 1}},"delta":{{Json(piece)}}""");

    public override string EndCall(int number) => "";

    public override string Thought(string text, string seal) =>
        Event("response.output_item.added", ""","output_index":50,"item":{"id":"rs_1","type":"reasoning","summary":[]}""")
        + Event("response.reasoning_summary_part.added", ""","item_id":"rs_1","output_index":50,"summary_index":0,"part":{"type":"summary_text","text":""}""")
        + Event("response.reasoning_summary_text.delta", $$""","item_id":"rs_1","output_index":50,"summary_index":0,"delta":{{Json(text)}}""")
        + Event("response.output_item.done", $$$""","output_index":50,"item":{"id":"rs_1","type":"reasoning","summary":[{"type":"summary_text","text":{{{Json(text)}}}}],"encrypted_content":{{{Json(seal)}}}}""");

    public override string Finish(string reason) => reason == StopReason
        ? Event("response.completed", $$""","response":{{Response("completed")}}""")
        : Event("response.incomplete", $$""","response":{{Response("incomplete", "null", $$"""{"reason":{{Json(reason)}}}""")}}""");

    public override string Refusal(string text) =>
        Event("response.refusal.delta", $$""","item_id":"msg_1","output_index":0,"content_index":0,"delta":{{Json(text)}}""")
        + Event("response.refusal.done", $$""","item_id":"msg_1","output_index":0,"content_index":0,"refusal":{{Json(text)}}""")
        + End;

    public override string ErrorEvent(string type, string message) => Event("error", $$""","code":{{Json(type)}},"message":{{Json(message)}},"param":null""");

    /// <summary>The event of a response that failed at the provider, with what was counted of it (<see cref="ExpectedUsage"/>).</summary>
    public static string Failed(string code, string message) =>
        Event("response.failed", $$""","response":{{Response("failed", Usage, error: Json(new { code, message }))}}""");

    public override string ErrorBody(string type, string message) => Json(new { error = new { message, type, code = (string?)null } });

    public override Uri Endpoint(Uri address) => new(address, "v1");

    public override IEnumerable<string> Results(JsonElement request) =>
        request.GetProperty("input").EnumerateArray().Where(item => item.GetProperty("type").GetString() == "function_call_output")
            .Select(item => $"{item.GetProperty("call_id")}: {item.GetProperty("output")}");

    public override OpenAIProtocol? Protocol => OpenAIProtocol.Responses;

    /// <summary>An event.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="fields">Its further fields, each with a comma before it.</param>
    public static string Event(string type, string fields) => $$"""
        event: {{type}}
        data: {"type":"{{type}}","sequence_number":1{{fields}}}


        """.ReplaceLineEndings("\n");

    private static string Response(string status, string usage = "null", string incomplete = "null", string error = "null") =>
        $$"""{"id":"resp_1","object":"response","created_at":1700000000,"status":"{{status}}","model":"test-model-1","output":[],"parallel_tool_calls":true,"tool_choice":"auto","tools":[],"incomplete_details":{{incomplete}},"error":{{error}},"usage":{{usage}}}""";
}
