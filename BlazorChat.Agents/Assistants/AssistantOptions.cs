using BlazorChat.Turns;
using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants;

/// <summary>
/// One assistant as an operator configures it: an element of <c>Assistants:Items</c>. <see cref="AssistantsOptionsDefaults"/> fills in
/// missing settings; <see cref="AssistantsOptionsValidator"/> refuses invalid ones at startup.
/// </summary>
public sealed class AssistantOptions
{
    /// <summary>The id in links, mentions and the database: at most 40 lower-case letters, digits and hyphens. Default: derived from <see cref="Name"/>. Another id makes another assistant.</summary>
    public string? Id { get; set; }

    /// <summary>The name that people see, 1 to 40 characters.</summary>
    public string? Name { get; set; }

    /// <summary>One letter or emoji. Default: derived from <see cref="Name"/>.</summary>
    public string? Avatar { get; set; }

    /// <summary>The <see cref="IChatClientProvider.Name"/> of the provider: <c>Demo</c>, <c>OpenAI</c> (also for OpenAI-compatible servers), <c>AzureOpenAI</c>, <c>Anthropic</c>, <c>Ollama</c> or a registered one. Default: depends on the environment (see <see cref="AssistantsOptionsDefaults"/>), otherwise <c>Demo</c>.</summary>
    public string? Provider { get; set; }

    /// <summary>The provider's name for the model; for <c>AzureOpenAI</c>, the name of the deployment. Optional for the provider's own servers, which have a default; required with <see cref="Endpoint"/>.</summary>
    public string? Model { get; set; }

    /// <summary>The absolute http or https address of a server that speaks the provider's protocol: for OpenAI including <c>/v1</c>, for <c>AzureOpenAI</c> that of the resource only. Default: the provider's own servers.</summary>
    public string? Endpoint { get; set; }

    /// <summary>For the provider <c>OpenAI</c>: <c>Chat</c> or <c>Responses</c>. Default: <c>Responses</c> at OpenAI's own address, <c>Chat</c> at any other.</summary>
    public OpenAIProtocol? Protocol { get; set; }

    /// <summary>For the protocol <c>Responses</c>: whether the provider may keep prompts and responses, for its own dashboards. Default: false. BlazorChat never reads them again.</summary>
    public bool? Store { get; set; }

    /// <summary>The provider's key. A secret: keep it in the environment or in user secrets. Your own server (<see cref="Endpoint"/>) needs none.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Forms in which the server takes requests, where it differs from most servers of its protocol. What a server refuses is learned from its error; the setting saves the refused request after each start.</summary>
    public IList<RequestRule> RequestRules { get; } = [];

    /// <summary>What the model is told before everything else, at most 32,000 characters.</summary>
    public string? Instructions { get; set; }

    /// <summary>The format of <see cref="Instructions"/>: <c>Text</c>, or <c>Template</c> for a Semantic Kernel prompt template.</summary>
    public InstructionsFormat InstructionsFormat { get; set; }

    /// <summary>0 to 2. Default: the model's own; some models accept no other.</summary>
    public float? Temperature { get; set; }

    /// <summary>How much the model reasons before it answers: <c>None</c>, <c>Low</c>, <c>Medium</c>, <c>High</c> or <c>ExtraHigh</c>. Default: <c>None</c> for a default model, otherwise the model's own behavior. Many models do not support it.</summary>
    public ReasoningEffort? ReasoningEffort { get; set; }

    /// <summary>The most tokens of one step of a response, including reasoning; 1 to 1,000,000.</summary>
    public int MaxOutputTokens { get; set; } = 4096;

    /// <summary>The most tokens of the room in one prompt, estimated; 500 to 10,000,000. Older messages are left out.</summary>
    public int PromptTokens { get; set; } = 16_000;

    /// <summary>The size of the context requested from an Ollama server (<c>num_ctx</c>), 500 to 20,000,000 tokens. Default: <see cref="PromptTokens"/> plus <see cref="MaxOutputTokens"/>. Never more than the model has. Other providers ignore it.</summary>
    public int? ContextTokens { get; set; }

    /// <summary>The most characters (UTF-16) of text, reasoning and tool arguments in the response to one request, 100 to 10,000,000. A longer response fails.</summary>
    public int MaxResponseCharacters { get; set; } = 200_000;

    /// <summary>How long the provider may be silent before the first piece of a response and between pieces, 100 ms to 1 hour. A local server that must load a model or read a long prompt first may need more than the default.</summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The time limit of one response, including retries; at least <see cref="IdleTimeout"/>, at most 24 hours.</summary>
    public TimeSpan TotalTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How often a request that failed before the first token is retried, 0 to 10.</summary>
    public int RetryAttempts { get; set; } = 2;

    /// <summary>
    /// The middleware between rooms and the model, outermost first: the first one is the first to see the request and the last to see the
    /// response. Each entry has the <c>Name</c> of an <see cref="Assistants.Middleware.IChatMiddleware"/> and its settings; at most 20.
    /// </summary>
    public IList<IConfigurationSection> Middleware { get; } = [];

    /// <summary>Whether reasoning that the model writes into its text between tags such as <c>&lt;think&gt;</c> and <c>&lt;/think&gt;</c> is shown as reasoning. Default: true. The middleware <c>think</c> has settings for unusual tags.</summary>
    public bool ThinkTags { get; set; } = true;

    /// <summary>Whether the model writes tool calls into its text (<c>&lt;tool_call&gt;{…}&lt;/tool_call&gt;</c>) and these are to be run. Default: false; then they are shown folded, and nothing is run.</summary>
    public bool TextToolCalls { get; set; }

    /// <summary>The names of the tools that it may call: each 1 to 64 letters, digits, hyphens and underscores, or the beginning of names followed by <c>*</c>; at most 200. Default: all tools. For none, use <c>-</c> alone, which is the name of no tool.</summary>
    public IList<string>? Tools { get; set; }

    /// <summary>The ids of other assistants that it may delegate to. Two assistants may delegate to each other; a chain that returns to itself is refused when it happens.</summary>
    public IList<string> Delegates { get; } = [];

    /// <summary>The most requests to the model in one turn, 1 to 50.</summary>
    public int MaxSteps { get; set; } = 5;

    /// <summary>The most consecutive steps in which every tool call fails, 1 to 50.</summary>
    public int MaxToolErrors { get; set; } = 3;

    /// <summary>The time limit of a tool call unless the tool sets its own, 100 ms to 1 hour.</summary>
    public TimeSpan ToolTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>What happens to a response that a crash or shutdown cut off: <c>Continue</c> or <c>Mark</c>.</summary>
    public RecoveryMode Recovery { get; set; } = RecoveryMode.Continue;

    /// <summary>How often one response may be continued after it was cut off, 0 to 100.</summary>
    public int MaxRecoveries { get; set; } = 3;

    /// <summary>How long after its start a response may still be continued, up to 7 days.</summary>
    public TimeSpan RecoveryWindow { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Which parts of a room are sent.</summary>
    public AssistantContextOptions Context { get; set; } = new();

    /// <summary>The prices of tokens. Default: unknown; then no costs are shown.</summary>
    public AssistantPriceOptions? Prices { get; set; }

    /// <summary>How fast the demo assistant writes. Default: <see cref="AssistantsOptions.DemoTokensPerSecond"/>. Other providers ignore it.</summary>
    public int? DemoTokensPerSecond { get; set; }
}
