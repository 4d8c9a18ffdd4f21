using System.Text.Json;
using BlazorChat.Assistants.Providers.Anthropic;
using BlazorChat.Assistants.Providers.AzureOpenAI;
using BlazorChat.Assistants.Providers.Ollama;
using BlazorChat.Assistants.Providers.OpenAI;
using BlazorChat.Assistants;
using BlazorChat.Samples;
using BlazorChat.Tests.Assistants.Providers.Anthropic;
using BlazorChat.Tests.Assistants.Providers.AzureOpenAI;
using BlazorChat.Tests.Assistants.Providers.Connectors;
using BlazorChat.Tests.Assistants.Providers.Ollama;
using BlazorChat.Tests.Assistants.Providers.OpenAI;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace BlazorChat.Tests.Assistants.Providers;

/// <summary>A provider's wire protocol, as far as tests write it by hand.</summary>
public abstract class ModelWire
{
    public const string OpenAI = "OpenAI";
    public const string Responses = "Responses";
    public const string Azure = "AzureOpenAI";
    public const string Anthropic = "Anthropic";
    public const string Connector = "Connector";
    public const string Ollama = "Ollama";

    private static readonly string[] Names = [OpenAI, Responses, Azure, Anthropic, Ollama, Connector];

    /// <summary>The key that assistants are configured with: what must be seen nowhere.</summary>
    public const string Secret = "sk-secret-0123456789abcdef";

    /// <summary>The events before the first piece of a response.</summary>
    public abstract string Begin { get; }

    /// <summary>The events that end a complete answer.</summary>
    public string End => Finish(StopReason) + Done;

    /// <summary>The protocol's word for a response that is complete.</summary>
    public abstract string StopReason { get; }

    /// <summary>The protocol's word for a response that calls tools.</summary>
    public abstract string CallReason { get; }

    /// <summary>The protocol's word for a response that was cut off at its length limit.</summary>
    public abstract string LengthReason { get; }

    /// <summary>The protocol's word for a response that was ended by a filter, null where it has none.</summary>
    public abstract string? FilterReason { get; }

    /// <summary>The events that end a complete answer, with the counts of <see cref="ExpectedUsage"/>.</summary>
    public abstract string EndWithUsage { get; }

    /// <summary>What is to be counted of them.</summary>
    public abstract UsageDetails ExpectedUsage { get; }

    /// <summary>Whether the protocol wants the seal of its reasoning back.</summary>
    public virtual bool TakesReasoningBack => false;

    /// <summary>Whether the model is told who speaks by a field of the protocol.</summary>
    public virtual bool NamesSpeakers => false;

    /// <summary>Whether the arguments of a call come in pieces, as a text with JSON in it, and people see them while they come.</summary>
    public virtual bool ShowsPieces => true;

    /// <summary>What may stand at the very end of a stream: the response is complete, whatever came before. Empty where the protocol has none.</summary>
    public virtual string EndMark => Done;

    /// <summary>Words for the end of a response that nobody knows, or that have no meaning here.</summary>
    public virtual IEnumerable<string> UnknownReasons => ["some_new_reason", ""];

    /// <summary>HTTP errors that somebody has to do something about, with the provider's word for each.</summary>
    public virtual IEnumerable<(int Status, string Type, ChatFailureKind Kind)> LastingErrors =>
    [
        (401, "authentication_error", ChatFailureKind.Unauthorized),
        (403, "permission_error", ChatFailureKind.Unauthorized),
        (429, "insufficient_quota", ChatFailureKind.OutOfCredit),
        (400, "context_length_exceeded", ChatFailureKind.PromptTooLong),
        (404, "model_not_found", ChatFailureKind.InvalidRequest),
    ];

    /// <summary>The provider's words for errors inside of a stream.</summary>
    public virtual IEnumerable<(string Type, ChatFailureKind Kind)> ErrorEvents =>
        [("server_error", ChatFailureKind.ProviderError), ("rate_limit_exceeded", ChatFailureKind.RateLimited)];

    /// <summary>Whether the protocol has a word for a response that the model declines to give.</summary>
    public virtual bool Refuses => true;

    /// <summary>Whether aimock says what it counted as the protocol does.</summary>
    public virtual bool AimockSaysAll => true;

    /// <summary>The events that end a response that calls tools.</summary>
    public string CallsEnd => Finish(CallReason) + Done;

    /// <summary>What comes after the finish reason.</summary>
    public abstract string Done { get; }

    /// <summary>The provider's name in the configuration.</summary>
    public abstract string Name { get; }

    /// <summary>The path that is asked.</summary>
    public abstract string Path { get; }

    /// <summary>Every provider and protocol, with one that a host has registered: see <see cref="ProviderTheoryTests"/>.</summary>
    public static TheoryData<string> All => Where(_ => true);

    /// <summary>Each of them without and with a thing that a test does.</summary>
    public static TheoryData<string, bool> AllBothWays => With(_ => new[] { false, true });

    /// <summary>Those whose calls come in pieces.</summary>
    public static TheoryData<string> InPieces => Where(wire => wire.ShowsPieces);

    /// <summary>Those that have a word for a response that the model declines to give.</summary>
    public static TheoryData<string> Refusing => Where(wire => wire.Refuses);

    /// <summary>Those of which aimock says what it thinks.</summary>
    public static TheoryData<string> AimockSaying => Where(wire => wire.AimockSaysAll);

    /// <summary>Every provider and protocol with each of a thing that depends on it.</summary>
    public static TheoryData<string, T> With<T>(Func<ModelWire, IEnumerable<T>> cases)
    {
        var data = new TheoryData<string, T>();
        foreach (var name in Names)
        {
            foreach (var one in cases(Named(name)))
            {
                data.Add(name, one);
            }
        }

        return data;
    }

    public static ModelWire Named(string name) => name switch
    {
        OpenAI => new OpenAIWire(),
        Responses => new ResponsesWire(),
        Azure => new AzureWire(),
        Anthropic => new AnthropicWire(),
        Ollama => new OllamaWire(),
        Connector => new ConnectorWire(),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "There is no such wire."),
    };

    /// <summary>What an assistant is configured with to ask a server at this address.</summary>
    public abstract Uri Endpoint(Uri address);

    /// <summary>A piece of text.</summary>
    public abstract string Text(string text);

    /// <summary>The beginning of a tool call.</summary>
    /// <param name="number">Which of the response's calls, from 0.</param>
    /// <param name="id">Its id.</param>
    /// <param name="name">The tool.</param>
    public abstract string BeginCall(int number, string id, string name);

    /// <summary>A piece of a call's arguments.</summary>
    public abstract string CallPiece(int number, string piece);

    /// <summary>The end of a tool call.</summary>
    public abstract string EndCall(int number);

    /// <summary>A whole tool call.</summary>
    public virtual string Call(int number, string id, string name, string arguments = "{}") => BeginCall(number, id, name) + CallPiece(number, arguments) + EndCall(number);

    /// <summary>A whole tool call whose arguments come in these pieces, where the protocol has pieces.</summary>
    public virtual string CallInPieces(int number, string id, string name, params string[] pieces) =>
        BeginCall(number, id, name) + string.Concat(pieces.Select(piece => CallPiece(number, piece))) + EndCall(number);

    /// <summary>A whole piece of reasoning, before the text.</summary>
    /// <param name="text">What people see of it.</param>
    /// <param name="seal">What the provider wants back, where its protocol has that.</param>
    public abstract string Thought(string text, string seal);

    /// <summary>Whether results name the call that they answer by its id; where not, by the tool.</summary>
    public virtual bool AnswersById => true;

    /// <summary>The results of tools in a request, each as <c>id: text</c>, or <c>tool: text</c> (<see cref="AnswersById"/>).</summary>
    public abstract IEnumerable<string> Results(JsonElement request);

    /// <summary>The finish reason.</summary>
    public abstract string Finish(string reason);

    /// <summary>The events of a response that the model declines to give.</summary>
    public abstract string Refusal(string text);

    /// <summary>An error inside of a stream.</summary>
    public abstract string ErrorEvent(string type, string message);

    /// <summary>The body of an HTTP error.</summary>
    public abstract string ErrorBody(string type, string message);

    /// <summary>The whole pipeline as the application builds it, with one assistant that asks this address.</summary>
    internal AssistantDirectory CreateDirectory(Uri address, TimeProvider? time = null, Action<AssistantOptions>? configure = null, ILoggerFactory? loggers = null)
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
            Protocol = Protocol,
        };
        configure?.Invoke(item);
        var options = new AssistantsOptions();
        options.Items.Add(item);
        time ??= TimeProvider.System;
        loggers ??= NullLoggerFactory.Instance;
        return new AssistantDirectory(
            Options.Create(options), Providers(time, loggers), [], time, loggers);
    }

    /// <summary>Asks once and reads to the end.</summary>
    internal static Task<Reading> AskAsync(AssistantDirectory directory, string text = "Hello", CancellationToken cancellationToken = default) =>
        Reading.ToEndAsync(directory.Find("a")!.Client.GetStreamingResponseAsync([new ChatMessage(ChatRole.User, text)], cancellationToken: cancellationToken));

    /// <summary>Which of a provider's protocols it is, null where it has one.</summary>
    public virtual OpenAIProtocol? Protocol => null;

    /// <summary>Registers, as a host does, what is not built in.</summary>
    public static void AddProviders(IServiceCollection services) => services.AddSingleton(ConnectorProvider.Create());

    protected static string Json(object value) => JsonSerializer.Serialize(value);

    private static IEnumerable<IChatClientProvider> Providers(TimeProvider time, ILoggerFactory loggers) =>
        [new OpenAIChatClientProvider(time, loggers), new AzureOpenAIChatClientProvider(time, loggers), new AnthropicChatClientProvider(time, loggers), new OllamaChatClientProvider(time, loggers), ConnectorProvider.Create()];

    private static TheoryData<string> Where(Func<ModelWire, bool> can)
    {
        var data = new TheoryData<string>();
        data.AddRange([.. Names.Where(name => can(Named(name)))]);
        return data;
    }
}
