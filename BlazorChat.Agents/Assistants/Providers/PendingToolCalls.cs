using System.Text;
using System.Text.Json;
using BlazorChat.Assistants.Providers.Streams;
using BlazorChat.Assistants.Resilience;
using BlazorChat.Turns;
using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants.Providers;

/// <summary>The tool calls of one response, while their pieces arrive. Every call gets a unique id, whatever the provider says.</summary>
internal sealed class PendingToolCalls
{
    /// <summary>The most calls of one response.</summary>
    public const int MaxCalls = 128;

    /// <summary>The longest id that is accepted from a provider.</summary>
    public const int MaxIdLength = 128;

    private readonly List<PendingToolCall> _calls = [];
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);

    /// <summary>Whether there are any calls.</summary>
    public bool Any => _calls.Count > 0;

    /// <summary>Begins a call.</summary>
    /// <param name="providerId">The provider's id, or null; kept if possible.</param>
    /// <exception cref="ChatFailureException">There are too many calls.</exception>
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

    /// <summary>The finish reason: some servers end a response with calls like any other.</summary>
    /// <param name="reason">The provider's reason.</param>
    public ChatFinishReason FinishReason(ChatFinishReason reason) =>
        Any && reason != ChatFinishReason.Length && reason != ChatFinishReason.ContentFilter ? ChatFinishReason.ToolCalls : reason;

    /// <summary>The calls at the end of the response, in the order in which they began.</summary>
    /// <param name="wasCut">Whether the response reached its token limit. Then a last call without arguments does not count as a call that needs none.</param>
    public IEnumerable<FunctionCallContent> Complete(bool wasCut) =>
        _calls.Select((call, i) => call.ToContent(isCut: wasCut && i == _calls.Count - 1));
}

/// <summary>A tool call whose pieces are still arriving.</summary>
/// <param name="id">Its id in this application.</param>
internal sealed class PendingToolCall(string id)
{
    /// <summary>The most characters of one call's arguments.</summary>
    private const int MaxArgumentCharacters = 1_000_000;

    private readonly StringBuilder _arguments = new();
    private int _told;
    private bool _isTold;

    /// <summary>The provider's own id, which need not be unique; null until one has arrived.</summary>
    public string? ProviderId { get; set; }

    /// <summary>The tool's name; null until it has arrived.</summary>
    public string? Name { get; set; }

    /// <summary>Whether any arguments have arrived.</summary>
    public bool HasArguments => _arguments.Length > 0;

    /// <summary>Adds a piece of the arguments.</summary>
    /// <returns>What to show people; null if there is nothing new, or if the name is still missing.</returns>
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

    /// <summary>Whether this piece must belong to another call, because the arguments of this one are a whole object and another object begins.</summary>
    public bool IsFollowedBy(string piece) =>
        HasArguments && _arguments[^1] == '}' && piece.StartsWith('{') && ToContent(isCut: false).Exception is null;

    /// <summary>Converts the call. For arguments that are not a JSON object, <see cref="FunctionCallContent.Exception"/> is set, and the tool loop tells the model.</summary>
    public FunctionCallContent ToContent(bool isCut)
    {
        var call = FunctionCallContent.CreateFromParsedArguments(_arguments.ToString(), id, Name ?? "", Parse);
        if (isCut && !HasArguments)
        {
            call.Exception = new JsonException("The arguments are missing.");
        }

        return call;
    }

    /// <summary>Reads what models write in place of a JSON object: the object as a text, or in a block of code.</summary>
    private static Dictionary<string, object?>? Parse(string arguments)
    {
        var text = arguments.Trim();
        if (text.StartsWith("```", StringComparison.Ordinal) && text.EndsWith("```", StringComparison.Ordinal) && text.IndexOf('\n', StringComparison.Ordinal) is > 0 and var begin && text.Length > begin + 3)
        {
            text = text[begin..^3].Trim();
        }

        if (text.Length == 0)
        {
            return [];
        }

        try
        {
            // Some models escape half of a surrogate pair. It can be parsed, but reading the text later would fail.
            return JsonSerializer.Deserialize<Dictionary<string, object?>>(WireText.WithoutHalves(text), AIJsonUtilities.DefaultOptions);
        }
        catch (JsonException) when (text.StartsWith('"'))
        {
            return JsonSerializer.Deserialize<Dictionary<string, object?>>(JsonSerializer.Deserialize<string>(WireText.WithoutHalves(text))!, AIJsonUtilities.DefaultOptions);
        }
        catch (JsonException) when (text.StartsWith('{') && LooseJson.Parse(Encoding.UTF8.GetBytes(WireText.WithoutHalves(text))) is { } document)
        {
            // Trailing commas, line breaks inside texts, Python's words.
            using (document)
            {
                return document.RootElement.EnumerateObject().DistinctBy(property => property.Name, StringComparer.Ordinal).ToDictionary(property => property.Name, property => (object?)property.Value.Clone(), StringComparer.Ordinal);
            }
        }
    }
}
