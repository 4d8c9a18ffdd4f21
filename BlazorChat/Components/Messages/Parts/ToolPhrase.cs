using System.Runtime.InteropServices;
using BlazorChat.Messages;
using BlazorChat.Text;

namespace BlazorChat.Components.Messages.Parts;

/// <summary>What a call waits for although it could run.</summary>
public enum CallWait
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Other calls that were made with it and still wait for people.</summary>
    Others,

    /// <summary>Other work of the assistant.</summary>
    Turn,
}

/// <summary>The line that summarizes a tool call. Hidden characters are written out.</summary>
/// <param name="Before">The words before the tool's title, or the whole line.</param>
/// <param name="Title">The title where it stands for itself, or null.</param>
/// <param name="After">The words after it.</param>
/// <param name="State">What the call waits for, or how it ended without a result; null if the line says it all.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ToolPhrase(string Before, string? Title, string After, string? State = null)
{
    private const int SentenceLength = 160;

    // What models are told in front of the reason.
    private const string FailedWords = "The tool failed. ";

    /// <summary>Describes a call's current state.</summary>
    /// <param name="call">The call.</param>
    /// <param name="wait">What it waits for although it could run.</param>
    public static ToolPhrase Of(ToolCallPart call, CallWait wait) => call.State switch
    {
        ToolCallState.Streaming => Intent(call, "Preparing to ", "…"),
        ToolCallState.Ready when wait != CallWait.None => Just(call, wait == CallWait.Others ? "Waiting for the others" : "Waiting for its turn"),
        ToolCallState.Ready => Intent(call, "About to ", "…"),
        ToolCallState.AwaitingApproval => Just(call, call.FirstApproval is null ? "Needs approval" : "Needs a second approval"),
        ToolCallState.AwaitingBrowser => Just(call, "Waiting for a browser"),
        ToolCallState.Running => Verb(call, call.Label?.Doing, "Using ", call.Count is { } sofar ? $"… {sofar:N0} found" : "…"),
        ToolCallState.Succeeded => Verb(call, call.Label?.Done, "Used ", call.Count is { } count ? Results(count) : ""),
        ToolCallState.Failed => Intent(call, "Couldn’t ", "") with { State = Sentence(call.Result) },
        ToolCallState.Expired => Just(call, "Expired – nobody answered"),
        _ when call.Decision is { Reason: CallChanges.WroteInstead } => Just(call, "Expired – nobody answered"),
        // Who rejected it follows.
        _ => Just(call, call.Decision is null ? "Rejected" : null),
    };

    /// <summary>A tool's title or, where it has none, its name as words.</summary>
    public static string TitleOf(ToolCallPart call) =>
        HiddenCharacters.Show(call.Label?.Title ?? (call.Label?.OwnName ?? call.Name).Replace('_', ' ')) is { Length: > 0 } title ? title : "a tool without a name";

    /// <summary>Whether a title can stand in a sentence as what somebody wants to do: its author knows the rule.</summary>
    public static bool IsOrder(ToolCallPart call) => call.Label is { Title.Length: > 0, Doing: not null };

    /// <summary>The title within a sentence: <c>send a postcard</c>.</summary>
    public static string OrderOf(ToolCallPart call)
    {
        var title = TitleOf(call);
        // An abbreviation keeps its capitals.
        return title.Length > 1 && char.IsUpper(title[0]) && !char.IsUpper(title[1]) ? char.ToLowerInvariant(title[0]) + title[1..] : title;
    }

    private static ToolPhrase Just(ToolCallPart call, string? state) => new("", TitleOf(call), "", state);

    private static ToolPhrase Verb(ToolCallPart call, string? verb, string without, string after) =>
        verb is null ? new(without, TitleOf(call), after) : new(HiddenCharacters.Show(verb) + after, null, "");

    private static ToolPhrase Intent(ToolCallPart call, string before, string after) =>
        IsOrder(call) ? new($"{before}{OrderOf(call)}{after}", null, "") : new($"{before}use ", TitleOf(call), after);

    private static string Results(int count) => count switch
    {
        0 => " · no results",
        1 => " · 1 result",
        _ => $" · {count:N0} results",
    };

    // The first line is enough to know what happened. All of it is in the unfolded part.
    private static string? Sentence(string? result)
    {
        var text = result?.StartsWith(FailedWords, StringComparison.Ordinal) == true ? result[FailedWords.Length..] : result ?? "";
        var line = text.AsSpan().Trim();
        var end = line.IndexOfAny('\r', '\n');
        var first = HiddenCharacters.Show(TextCut.Excerpt((end < 0 ? line : line[..end]).ToString(), SentenceLength));
        return first.Length == 0 ? null : end < 0 || first.EndsWith('…') ? first : $"{first} …";
    }
}
