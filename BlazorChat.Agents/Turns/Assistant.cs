using BlazorChat.Messages;
using BlazorChat.Turns.Kernels;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;

namespace BlazorChat.Turns;

/// <summary>A configured assistant: one definition, from the options to the loop. Holds no secrets.</summary>
/// <param name="Author">Its id (lower-case letters, digits and hyphens; unique and stable) and name (1 to 40 characters; unique regardless of case), as the author of responses.</param>
/// <param name="Instructions">What the model is told before everything else; may be empty.</param>
/// <param name="PromptTokens">The most tokens of the room in one prompt, estimated.</param>
public sealed record Assistant(Author Author, string Instructions, int PromptTokens)
{
    private readonly Kernel? _kernel;

    /// <summary>An assistant whose kernel has a model and nothing else.</summary>
    /// <param name="author">Its id and name.</param>
    /// <param name="instructions">What the model is told before everything else; may be empty.</param>
    /// <param name="promptTokens">The most tokens of the room in one prompt, estimated.</param>
    /// <param name="client">The model; see <see cref="AssistantKernel.Create"/>.</param>
    public Assistant(Author author, string instructions, int promptTokens, IChatClient client)
        : this(author, instructions, promptTokens) => Kernel = AssistantKernel.Create(client);

    /// <summary>The id.</summary>
    public string Id => Author.Id;

    /// <summary>The name that people see.</summary>
    public string Name => Author.Name;

    /// <summary>One letter or emoji to show beside the name; null for the default picture.</summary>
    public string? Avatar { get; init; }

    /// <summary>The assistant's kernel: the chat service that answers, and the plugins and filters around its tools.</summary>
    /// <exception cref="InvalidOperationException">The assistant is still being built: middleware is created before the kernel around it.</exception>
    public Kernel Kernel
    {
        get => _kernel ?? throw new InvalidOperationException($"The kernel of '{Id}' has not been created yet.");
        init => _kernel = value;
    }

    /// <summary>
    /// The kernel's chat service. It fails only with <see cref="ResponseFailedException"/>. If the caller's token is canceled, it throws
    /// <see cref="OperationCanceledException"/> at once.
    /// </summary>
    public IChatClient Client => Kernel.GetRequiredService<IChatClient>();

    /// <summary><see cref="Instructions"/> as a template, or null if they are plain text.</summary>
    public InstructionsTemplate? Template { get; init; }

    /// <summary>The provider's name.</summary>
    public string Provider { get; init; } = "";

    /// <summary>The model to ask, unless a hook names another.</summary>
    public string Model { get; init; } = "";

    /// <summary>Whether this is the demo assistant: no language model, but it shows what one does.</summary>
    public bool IsDemo { get; init; }

    /// <summary>The most tokens of one step of a response. The client sends it unless the caller's options set a limit.</summary>
    public int MaxOutputTokens { get; init; } = 4_096;

    /// <summary>The most characters of one step of a response; a longer step fails the response.</summary>
    public int MaxResponseCharacters { get; init; } = 200_000;

    /// <summary>The names of the tools that it may call; a name may end in <c>*</c>, which stands for any rest.</summary>
    public IReadOnlyList<string> Tools { get; init; } = ["*"];

    /// <summary>The ids of the assistants that it may delegate to.</summary>
    public IReadOnlyList<string> Delegates { get; init; } = [];

    /// <summary>The most requests to the model in one turn.</summary>
    public int MaxSteps { get; init; } = 5;

    /// <summary>The most consecutive steps in which every tool call fails.</summary>
    public int MaxToolErrors { get; init; } = 3;

    /// <summary>The time limit of a tool call, unless the tool sets its own.</summary>
    public TimeSpan ToolTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>What happens to a response that a crash or shutdown cut off.</summary>
    public RecoveryMode Recovery { get; init; } = RecoveryMode.Continue;

    /// <summary>How often in a row one response may be continued after it was cut off, without having made progress.</summary>
    public int MaxRecoveries { get; init; } = 3;

    /// <summary>How long after its start, or after people last answered its requests, a response may still be continued.</summary>
    public TimeSpan RecoveryWindow { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Which parts of the room are sent.</summary>
    public ContextPolicy Context { get; init; } = new();

    /// <summary>The prices of tokens, or null if unknown.</summary>
    public TokenPrices? Prices { get; init; }
}

/// <summary>Which parts of a room are sent to a model, besides the newest messages within <see cref="Assistant.PromptTokens"/>.</summary>
public sealed record ContextPolicy
{
    /// <summary>How many of the room's first messages are always sent.</summary>
    public int KeepFirst { get; init; }

    /// <summary>Whether only the newest response is sent with its reasoning. Reasoning that a provider needs back within a turn is always sent.</summary>
    public bool DropOldReasoning { get; init; } = true;

    /// <summary>Responses further back than this many are sent without tool results (their calls stay); null to keep all results.</summary>
    public int? DropToolResultsAfter { get; init; } = 5;
}

/// <summary>A provider's prices per million tokens, in any one currency.</summary>
/// <param name="Input">For prompt tokens.</param>
/// <param name="Output">For generated tokens.</param>
/// <param name="CachedInput">For prompt tokens from the provider's cache; null for the same price as other prompt tokens.</param>
public sealed record TokenPrices(decimal Input, decimal Output, decimal? CachedInput = null)
{
    /// <summary>The cost of these tokens.</summary>
    public decimal Of(TokenCounts tokens) =>
        (((tokens.Input - tokens.CachedInput) * Input) + (tokens.CachedInput * (CachedInput ?? Input)) + (tokens.Output * Output)) / 1_000_000m;
}
