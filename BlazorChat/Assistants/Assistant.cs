using BlazorChat.Replies;
using BlazorChat.Replies.Kernels;

namespace BlazorChat.Assistants;

/// <summary>Somebody who answers in rooms and is not a person: what the rest of the application may know of a configured assistant. Holds no secrets.</summary>
/// <param name="Id">Lower-case letters, digits and hyphens; unique and stable.</param>
/// <param name="Name">The name that people see, 1 to 40 characters; unique, whatever the case.</param>
/// <param name="Avatar">One letter or emoji.</param>
/// <param name="Instructions">What the model is told before everything else; empty for none. Whoever builds the prompt sends it: the chat client does not add it.</param>
/// <param name="Model">The provider's name of the model.</param>
/// <param name="Provider">The provider's name: <c>Demo</c>, <c>OpenAI</c>, <c>AzureOpenAI</c>, <c>Anthropic</c>, <c>Ollama</c> or one that was added.</param>
public sealed record Assistant(string Id, string Name, string Avatar, string Instructions, string Model, string Provider)
{
    /// <summary><see cref="Instructions"/> as a template, or null when they are to be taken as they are.</summary>
    public InstructionsTemplate? Template { get; init; }

    /// <summary>The most tokens of one answer. The chat client sends it where the caller's options say nothing else.</summary>
    public required int MaxOutputTokens { get; init; }

    /// <summary>How many tokens of the room go into one prompt, estimated.</summary>
    public required int PromptTokens { get; init; }

    /// <summary>The most characters of one answer; past it the answer fails.</summary>
    public required int MaxReplyCharacters { get; init; }

    /// <summary>The names of the tools that it may call; a name may end in <c>*</c>.</summary>
    public IReadOnlyList<string> Tools { get; init; } = ["*"];

    /// <summary>The ids of the assistants that it may hand work to; all of them are configured.</summary>
    public IReadOnlyList<string> Delegates { get; init; } = [];

    /// <summary>The most requests to the model in one turn.</summary>
    public int MaxSteps { get; init; } = 5;

    /// <summary>The most steps in a row in which every call of a tool failed.</summary>
    public int MaxToolErrors { get; init; } = 3;

    /// <summary>How long one call of a tool may take, unless the tool says otherwise.</summary>
    public TimeSpan ToolTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>What happens to an answer that was cut off.</summary>
    public RecoveryMode Recovery { get; init; }

    /// <summary>How often one answer is continued after having been cut off.</summary>
    public int MaxRecoveries { get; init; } = 3;

    /// <summary>How long after its beginning an answer is still continued.</summary>
    public TimeSpan RecoveryWindow { get; init; } = TimeSpan.FromHours(1);

    /// <summary>What of a room is sent.</summary>
    public ContextPolicy Context { get; init; } = new();

    /// <summary>What tokens cost, or null when that is not configured.</summary>
    public TokenPrices? Prices { get; init; }

    /// <summary>Whether this is the built-in demo assistant, which is no language model and must be labelled so.</summary>
    public bool IsDemo => string.Equals(Provider, DemoChatClientProvider.ProviderName, StringComparison.OrdinalIgnoreCase);
}
