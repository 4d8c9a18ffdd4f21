using System.Text;
using System.Text.Json;
using BlazorChat.Assistants.Resilience;
using BlazorChat.Turns;
using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants.Providers;

/// <summary>The tool calls of one response while their pieces come in. Every call gets an id of its own, whatever the provider says.</summary>
internal sealed class PendingToolCalls
{
    /// <summary>The most calls of one response.</summary>
    public const int MaxCalls = 128;

    /// <summary>The longest id that is taken from a provider.</summary>
    public const int MaxIdLength = 128;

    private readonly List<PendingToolCall> _calls = [];
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);

    /// <summary>Whether there is any.</summary>
    public bool Any => _calls.Count > 0;

    /// <summary>Begins a call.</summary>
    /// <param name="providerId">The provider's id, if it has sent one: kept where it can be.</param>
    /// <exception cref="ChatFailureException">There are too many.</exception>
    public PendingToolCall Add(string? providerId)
    {
        if (_calls.Count == MaxCalls)
        {
            throw ChatFailures.TooManyCalls(MaxCalls);
        }

        var id = providerId;
        if (id is null || id.Length > MaxIdLength || !id.All(static c => c is > ' ' and <= '~') || !_ids.Add(id))
        {
            id = $"call_{Guid.NewGuid():N}";
            _ids.Add(id);
        }

        var call = new PendingToolCall(id) { ProviderId = providerId };
        _calls.Add(call);
        return call;
    }

    /// <summary>Why the response ended: some servers end one that has calls like any other.</summary>
    /// <param name="reason">Why it did in the provider's words.</param>
    public ChatFinishReason FinishReason(ChatFinishReason reason) =>
        Any && reason != ChatFinishReason.Length && reason != ChatFinishReason.ContentFilter ? ChatFinishReason.ToolCalls : reason;

    /// <summary>The calls as they are at the end of the response, in the order in which they began.</summary>
    /// <param name="wasCut">Whether the response ended at its token limit: then a last call without any arguments is not one that needs none.</param>
    public IEnumerable<FunctionCallContent> Complete(bool wasCut) =>
        _calls.Select((call, i) => call.ToContent(isCut: wasCut && i == _calls.Count - 1));
}

/// <summary>A tool call whose pieces are still coming.</summary>
/// <param name="id">Its id in this application.</param>
internal sealed class PendingToolCall(string id)
{
    /// <summary>The most characters of one call's arguments.</summary>
    private const int MaxArgumentCharacters = 1_000_000;

    private readonly StringBuilder _arguments = new();
    private int _told;
    private bool _isTold;

    /// <summary>The provider's own id, which need not be unique; null as long as none has come.</summary>
    public string? ProviderId { get; set; }

    /// <summary>The tool's name; null as long as none has come.</summary>
    public string? Name { get; set; }

    /// <summary>Whether any arguments have come.</summary>
    public bool HasArguments => _arguments.Length > 0;

    /// <summary>Takes a piece of the arguments.</summary>
    /// <returns>What people are shown of it; null when there is nothing new, or nothing yet because the name is missing.</returns>
    /// <exception cref="ChatFailureException">The arguments are too long.</exception>
    public ToolCallDeltaContent? Append(string piece)
    {
        _arguments.Append(piece);
        if (_arguments.Length > MaxArgumentCharacters)
        {
            throw ChatFailures.TooLong(MaxArgumentCharacters);
        }

        if (Name is null || (_isTold && _told == _arguments.Length))
        {
            return null;
        }

        var delta = new ToolCallDeltaContent(id, Name, _arguments.ToString(_told, _arguments.Length - _told));
        _told = _arguments.Length;
        _isTold = true;
        return delta;
    }

    /// <summary>Whether this piece cannot belong to this call any more, because its arguments are a whole object and another one begins.</summary>
    public bool IsFollowedBy(string piece) =>
        HasArguments && _arguments[^1] == '}' && piece.StartsWith('{') && ToContent(isCut: false).Exception is null;

    /// <summary>Arguments that are no JSON object are in <see cref="FunctionCallContent.Exception"/>: the tool loop tells the model.</summary>
    public FunctionCallContent ToContent(bool isCut)
    {
        var call = FunctionCallContent.CreateFromParsedArguments(_arguments.ToString(), id, Name ?? "", Parse);
        if (isCut && !HasArguments)
        {
            call.Exception = new JsonException("The arguments are missing.");
        }

        return call;
    }

    // Some models escape half of a surrogate pair: it would be read here, and fail whoever takes the text out.
    private static Dictionary<string, object?>? Parse(string arguments) =>
        string.IsNullOrWhiteSpace(arguments)
            ? []
            : JsonSerializer.Deserialize<Dictionary<string, object?>>(WireText.WithoutHalves(arguments), AIJsonUtilities.DefaultOptions);
}
