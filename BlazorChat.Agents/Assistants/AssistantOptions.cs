using BlazorChat.Turns;
using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants;

/// <summary>
/// One assistant as an operator configures it: an element of <c>Assistants:Items</c>. What is left out is filled in by
/// <see cref="AssistantsOptionsDefaults"/>, what is wrong is refused at start by <see cref="AssistantsOptionsValidator"/>.
/// </summary>
public sealed class AssistantOptions
{
    /// <summary>Who this is in links, mentions and the database: lower-case letters, digits and hyphens, at most 40. Derived from <see cref="Name"/> when left out. Changing it makes a new assistant.</summary>
    public string? Id { get; set; }

    /// <summary>The name that people see, 1 to 40 characters.</summary>
    public string? Name { get; set; }

    /// <summary>One letter or emoji. Derived from <see cref="Name"/> when left out.</summary>
    public string? Avatar { get; set; }

    /// <summary>The <see cref="IChatClientProvider.Name"/> that answers: <c>Demo</c>, <c>OpenAI</c> (also for every OpenAI-compatible server), <c>AzureOpenAI</c>, <c>Anthropic</c>, <c>Ollama</c> or one that was registered. When left out: what the environment offers (see <see cref="AssistantsOptionsDefaults"/>), otherwise <c>Demo</c>.</summary>
    public string? Provider { get; set; }

    /// <summary>The provider's name of the model; of <c>AzureOpenAI</c> the deployment's. May be left out for the provider's own servers, which have a default; required with <see cref="Endpoint"/>.</summary>
    public string? Model { get; set; }

    /// <summary>An absolute http or https address of a server that speaks the provider's protocol, for OpenAI including <c>/v1</c>, for <c>AzureOpenAI</c> that of the resource alone. Left out: the provider's own servers.</summary>
    public string? Endpoint { get; set; }

    /// <summary>For the provider <c>OpenAI</c>: <c>Chat</c> or <c>Responses</c>. Left out: <c>Responses</c> at OpenAI's own address, <c>Chat</c> at any other.</summary>
    public OpenAIProtocol? Protocol { get; set; }

    /// <summary>For the protocol <c>Responses</c>: whether the provider may keep what is sent and answered. Left out: false. Nothing here reads it again; it is for the provider's own dashboards.</summary>
    public bool? Store { get; set; }

    /// <summary>The provider's key. A secret: keep it in the environment or in user secrets. A server of one's own (<see cref="Endpoint"/>) needs none.</summary>
    public string? ApiKey { get; set; }

    /// <summary>What the model is told before everything else, at most 32,000 characters.</summary>
    public string? Instructions { get; set; }

    /// <summary>How <see cref="Instructions"/> are written: <c>Text</c>, or <c>Template</c> for a prompt template of Semantic Kernel.</summary>
    public InstructionsFormat InstructionsFormat { get; set; }

    /// <summary>0 to 2. Left out: the model's own default; some models accept no other.</summary>
    public float? Temperature { get; set; }

    /// <summary>How much the model reasons before it answers: <c>None</c>, <c>Low</c>, <c>Medium</c>, <c>High</c> or <c>ExtraHigh</c>. Left out: <c>None</c> for a default model, otherwise whatever the model does by itself; many models do not know it.</summary>
    public ReasoningEffort? ReasoningEffort { get; set; }

    /// <summary>The most tokens that one step of a response may have, those of its reasoning included; 1 to 1,000,000.</summary>
    public int MaxOutputTokens { get; set; } = 4096;

    /// <summary>How many tokens of the room go into one prompt, estimated; 500 to 10,000,000. Older messages are left out past it.</summary>
    public int PromptTokens { get; set; } = 16_000;

    /// <summary>How many tokens of context an Ollama server is asked for (its <c>num_ctx</c>), 500 to 20,000,000. Left out: <see cref="PromptTokens"/> and <see cref="MaxOutputTokens"/> together; never more than the model has. Nobody else heeds it.</summary>
    public int? ContextTokens { get; set; }

    /// <summary>The most characters (UTF-16) of text, reasoning and tool arguments that one request to the model may give, 100 to 10,000,000. Past it the response fails, whatever the model says.</summary>
    public int MaxResponseCharacters { get; set; } = 200_000;

    /// <summary>How long the provider may be silent before and between the pieces of a response, 100 ms to 1 hour. A local server that first has to load a model or read a long prompt may need more than the default.</summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>How long one response may take, retries included; not shorter than <see cref="IdleTimeout"/>, at most 24 hours.</summary>
    public TimeSpan TotalTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How often a request is repeated when it failed before the first token, 0 to 10.</summary>
    public int RetryAttempts { get; set; } = 2;

    /// <summary>
    /// What stands between rooms and the model, the outermost first: it is the first to see what is sent and the last to see what comes back. Each entry has
    /// the <c>Name</c> of an <see cref="Assistants.Middleware.IChatMiddleware"/> and its settings; at most 20.
    /// </summary>
    public IList<IConfigurationSection> Middleware { get; } = [];

    /// <summary>The names of the tools that it may call, each 1 to 64 letters, digits, hyphens and underscores, or a beginning with <c>*</c> behind it; at most 200. Left out: all. <c>-</c> alone, which no tool is called: none.</summary>
    public IList<string>? Tools { get; set; }

    /// <summary>The ids of other assistants that it may hand work to. That two may hand to each other is allowed; a chain that comes back to itself is refused when it happens.</summary>
    public IList<string> Delegates { get; } = [];

    /// <summary>The most requests to the model in one turn, 1 to 50.</summary>
    public int MaxSteps { get; set; } = 5;

    /// <summary>The most steps in a row in which every call of a tool failed, 1 to 50.</summary>
    public int MaxToolErrors { get; set; } = 3;

    /// <summary>How long one call of a tool may take unless the tool says otherwise, 100 ms to 1 hour.</summary>
    public TimeSpan ToolTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>What happens to a response that was cut off: <c>Continue</c> or <c>Mark</c>.</summary>
    public RecoveryMode Recovery { get; set; } = RecoveryMode.Continue;

    /// <summary>How often one response is continued after having been cut off, 0 to 100.</summary>
    public int MaxRecoveries { get; set; } = 3;

    /// <summary>How long after its beginning a response is still continued, up to 7 days.</summary>
    public TimeSpan RecoveryWindow { get; set; } = TimeSpan.FromHours(1);

    /// <summary>What of a room is sent.</summary>
    public AssistantContextOptions Context { get; set; } = new();

    /// <summary>What tokens cost. Left out: not known, and no costs are shown.</summary>
    public AssistantPriceOptions? Prices { get; set; }

    /// <summary>How fast the demo assistant writes; left out: <see cref="AssistantsOptions.DemoTokensPerSecond"/>. Nobody else heeds it.</summary>
    public int? DemoTokensPerSecond { get; set; }
}
