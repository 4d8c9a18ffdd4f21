using BlazorChat.Messages;
using BlazorChat.Turns.Kernels;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;

namespace BlazorChat.Turns;

/// <summary>Who is configured to answer: one definition, from the options to the loop. Holds no secrets.</summary>
/// <param name="Author">Its id (lower-case letters, digits and hyphens; unique and stable) and name (1 to 40 characters; unique, whatever the case), as the author of responses.</param>
/// <param name="Instructions">What the model is told before everything else; empty for none.</param>
/// <param name="PromptTokens">How many tokens of the room go into one prompt, estimated.</param>
public sealed record Assistant(Author Author, string Instructions, int PromptTokens)
{
    private readonly Kernel? _kernel;

    /// <summary>An assistant whose kernel has a model and nothing else.</summary>
    /// <param name="author">Its id and name.</param>
    /// <param name="instructions">What the model is told before everything else.</param>
    /// <param name="promptTokens">How many tokens of the room go into one prompt.</param>
    /// <param name="client">The model; see <see cref="AssistantKernel.Create"/>.</param>
    public Assistant(Author author, string instructions, int promptTokens, IChatClient client)
        : this(author, instructions, promptTokens) => Kernel = AssistantKernel.Create(client);

    /// <summary>Its id.</summary>
    public string Id => Author.Id;

    /// <summary>The name that people see.</summary>
    public string Name => Author.Name;

    /// <summary>One letter or emoji to show beside the name, or null for the common picture.</summary>
    public string? Avatar { get; init; }

    /// <summary>Its kernel: the chat service that answers, and the plugins and filters around its tools.</summary>
    /// <exception cref="InvalidOperationException">It is still being put together: middleware is made before the kernel around it.</exception>
    public Kernel Kernel
    {
        get => _kernel ?? throw new InvalidOperationException($"The kernel of '{Id}' is not made yet.");
        init => _kernel = value;
    }

    /// <summary>
    /// The kernel's chat service. Fails only with <see cref="ResponseFailedException"/> or, when the caller's token was cancelled,
    /// at once with <see cref="OperationCanceledException"/>.
    /// </summary>
    public IChatClient Client => Kernel.GetRequiredService<IChatClient>();

    /// <summary><see cref="Instructions"/> as a template, or null when they are to be taken as they are.</summary>
    public InstructionsTemplate? Template { get; init; }

    /// <summary>The provider's name.</summary>
    public string Provider { get; init; } = "";

    /// <summary>The model that is asked unless a hook says another.</summary>
    public string Model { get; init; } = "";

    /// <summary>Whether it is no language model but shows what one does.</summary>
    public bool IsDemo { get; init; }

    /// <summary>Most tokens of one step of a response. Its model's client sends it where the caller's options say nothing else.</summary>
    public int MaxOutputTokens { get; init; } = 4_096;

    /// <summary>Most characters of one step of a response; past it the response fails.</summary>
    public int MaxResponseCharacters { get; init; } = 200_000;

    /// <summary>The names of the tools that it may call; a name may end in <c>*</c>.</summary>
    public IReadOnlyList<string> Tools { get; init; } = ["*"];

    /// <summary>The ids of the assistants that it may hand work to.</summary>
    public IReadOnlyList<string> Delegates { get; init; } = [];

    /// <summary>Most requests to the model in one turn.</summary>
    public int MaxSteps { get; init; } = 5;

    /// <summary>Most steps in a row in which every call failed.</summary>
    public int MaxToolErrors { get; init; } = 3;

    /// <summary>How long one call of a tool may take, unless the tool says otherwise.</summary>
    public TimeSpan ToolTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>What happens to a response that was cut off.</summary>
    public RecoveryMode Recovery { get; init; } = RecoveryMode.Continue;

    /// <summary>How often one response is continued after having been cut off.</summary>
    public int MaxRecoveries { get; init; } = 3;

    /// <summary>How long after its beginning a response is still continued.</summary>
    public TimeSpan RecoveryWindow { get; init; } = TimeSpan.FromHours(1);

    /// <summary>What of the room is sent.</summary>
    public ContextPolicy Context { get; init; } = new();

    /// <summary>What tokens cost, or null.</summary>
    public TokenPrices? Prices { get; init; }
}

/// <summary>What of a room is sent to a model, beside the newest messages within <see cref="Assistant.PromptTokens"/>.</summary>
public sealed record ContextPolicy
{
    /// <summary>This many of the room's first messages are always sent.</summary>
    public int KeepFirst { get; init; }

    /// <summary>Whether reasoning is sent of the newest response only (what a provider needs back within a turn is always sent).</summary>
    public bool DropOldReasoning { get; init; } = true;

    /// <summary>In answers further back than this many, tools' results are left out (the calls stay); null to keep all.</summary>
    public int? DropToolResultsAfter { get; init; } = 5;
}

/// <summary>What a provider takes, per million tokens, in any one currency.</summary>
/// <param name="Input">For tokens of prompts.</param>
/// <param name="Output">For generated tokens.</param>
/// <param name="CachedInput">For those of prompts that came from the provider's cache; null for the same as others.</param>
public sealed record TokenPrices(decimal Input, decimal Output, decimal? CachedInput = null)
{
    /// <summary>What tokens cost.</summary>
    public decimal Of(TokenCounts tokens) =>
        (((tokens.Input - tokens.CachedInput) * Input) + (tokens.CachedInput * (CachedInput ?? Input)) + (tokens.Output * Output)) / 1_000_000m;
}
