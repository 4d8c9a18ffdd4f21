using System.Text.Json;
using BlazorChat.Assistants;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace BlazorChat.Tests.Assistants;

/// <summary>A provider's wire protocol, as far as tests write it by hand.</summary>
public abstract class ModelWire
{
    public const string OpenAI = "OpenAI";
    public const string Anthropic = "Anthropic";
    public const string Ollama = "Ollama";

    /// <summary>The key that assistants are configured with: what must be seen nowhere.</summary>
    public const string Secret = "sk-secret-0123456789abcdef";

    /// <summary>The events before the first piece of an answer.</summary>
    public abstract string Begin { get; }

    /// <summary>The events that end a complete answer.</summary>
    public string End => Finish(StopReason) + Done;

    /// <summary>The protocol's word for an answer that is complete.</summary>
    public abstract string StopReason { get; }

    /// <summary>The protocol's word for an answer that calls tools.</summary>
    public abstract string CallReason { get; }

    /// <summary>The protocol's word for an answer that was cut off at its length limit.</summary>
    public abstract string LengthReason { get; }

    /// <summary>The events that end an answer that calls tools.</summary>
    public string CallsEnd => Finish(CallReason) + Done;

    /// <summary>What comes after the finish reason.</summary>
    public abstract string Done { get; }

    /// <summary>The provider's name in the configuration.</summary>
    public abstract string Name { get; }

    /// <summary>The path that is asked.</summary>
    public abstract string Path { get; }

    public static ModelWire Named(string name) => name switch
    {
        OpenAI => new OpenAIWire(),
        Ollama => new OllamaWire(),
        _ => new AnthropicWire(),
    };

    /// <summary>What an assistant is configured with to ask a server at this address.</summary>
    public abstract Uri Endpoint(Uri address);

    /// <summary>A piece of text.</summary>
    public abstract string Text(string text);

    /// <summary>The beginning of a tool call.</summary>
    /// <param name="number">Which of the answer's calls, from 0.</param>
    /// <param name="id">Its id.</param>
    /// <param name="name">The tool.</param>
    public abstract string BeginCall(int number, string id, string name);

    /// <summary>A piece of a call's arguments.</summary>
    public abstract string CallPiece(int number, string piece);

    /// <summary>The end of a tool call.</summary>
    public abstract string EndCall(int number);

    /// <summary>A whole tool call.</summary>
    public virtual string Call(int number, string id, string name, string arguments = "{}") => BeginCall(number, id, name) + CallPiece(number, arguments) + EndCall(number);

    /// <summary>The finish reason.</summary>
    public abstract string Finish(string reason);

    /// <summary>The events of an answer that the model declines to give.</summary>
    public abstract string Refusal(string text);

    /// <summary>An error inside of a stream.</summary>
    public abstract string ErrorEvent(string type, string message);

    /// <summary>The body of an HTTP error.</summary>
    public abstract string ErrorBody(string type, string message);

    /// <summary>The whole pipeline as the application builds it, with one assistant that asks this address.</summary>
    public AssistantDirectory CreateDirectory(Uri address, TimeProvider? time = null, Action<AssistantOptions>? configure = null, ILoggerFactory? loggers = null)
    {
        var item = new AssistantOptions
        {
            Id = "a",
            Name = "A",
            Avatar = "A",
            Provider = Name,
            Model = "test-model",
            Endpoint = Endpoint(address).ToString(),
            ApiKey = Secret,
        };
        configure?.Invoke(item);
        var options = new AssistantsOptions();
        options.Items.Add(item);
        time ??= TimeProvider.System;
        loggers ??= NullLoggerFactory.Instance;
        return new AssistantDirectory(
            Options.Create(options), [new OpenAIChatClientProvider(time), new AnthropicChatClientProvider(time), new OllamaChatClientProvider(time, loggers)], [], time, loggers);
    }

    /// <summary>Asks once and reads to the end.</summary>
    public static Task<Reading> AskAsync(AssistantDirectory directory, string text = "Hello", CancellationToken cancellationToken = default) =>
        Reading.ToEndAsync(directory.GetChatClient("a").GetStreamingResponseAsync([new ChatMessage(ChatRole.User, text)], cancellationToken: cancellationToken));

    protected static string Json(object value) => JsonSerializer.Serialize(value);

    private sealed class OpenAIWire : ModelWire
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

        private static string Chunk(string delta, string reason) =>
            $$"""data: {"id":"c1","object":"chat.completion.chunk","created":1700000000,"model":"test-model-1","choices":[{"index":0,"delta":{{delta}},"finish_reason":{{reason}}}]}""" + "\n\n";
    }

    private sealed class AnthropicWire : ModelWire
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

        private static string Event(string name, string data) => $"event: {name}\ndata: {data}\n\n";
    }
}
