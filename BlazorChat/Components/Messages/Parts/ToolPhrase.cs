using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using BlazorChat.Languages;
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
    /// <param name="words">The reader's language.</param>
    /// <param name="call">The call.</param>
    /// <param name="wait">What it waits for although it could run.</param>
    public static ToolPhrase Of(Words words, ToolCallPart call, CallWait wait) => call.State switch
    {
        ToolCallState.Streaming => Intent(words, call, "ToolPhrase_Preparing", "ToolPhrase_PreparingUse"),
        ToolCallState.Ready when wait != CallWait.None => Just(words, call, words[wait == CallWait.Others ? "ToolPhrase_WaitingForOthers" : "ToolPhrase_WaitingForTurn"]),
        ToolCallState.Ready => Intent(words, call, "ToolPhrase_About", "ToolPhrase_AboutUse"),
        ToolCallState.AwaitingApproval => Just(words, call, words[call.FirstApproval is null ? "ToolApproval_Needs" : "ToolApproval_NeedsSecond"]),
        ToolCallState.AwaitingBrowser => Just(words, call, words["ToolPhrase_WaitingForBrowser"]),
        ToolCallState.Running => Running(words, call),
        ToolCallState.Succeeded => Succeeded(words, call),
        ToolCallState.Failed => Intent(words, call, "ToolPhrase_Failed", "ToolPhrase_FailedUse") with { State = Sentence(call.Result) },
        ToolCallState.Expired => Just(words, call, words["ToolPhrase_Expired"]),
        _ when call.Decision is { Reason: CallChanges.WroteInstead } => Just(words, call, words["ToolPhrase_Expired"]),
        // Who rejected it follows.
        _ => Just(words, call, call.Decision is null ? words["ToolPhrase_Rejected"] : null),
    };

    /// <summary>A tool's title or, where it has none, its name as words.</summary>
    public static string TitleOf(Words words, ToolCallPart call) =>
        HiddenCharacters.Show(InWords(words, call, call.Label?.Title) ?? (call.Label?.OwnName ?? call.Name).Replace('_', ' ')) is { Length: > 0 } title ? title : words["ToolPhrase_NoName"];

    /// <summary>Whether a title can stand in a sentence as what somebody wants to do: its author knows the rule.</summary>
    public static bool IsOrder(ToolCallPart call) => call.Label is { Title.Length: > 0, Doing: not null };

    /// <summary>The title within a sentence: <c>send a postcard</c>.</summary>
    public static string OrderOf(Words words, ToolCallPart call)
    {
        var title = TitleOf(words, call);
        // An abbreviation keeps its capitals, and so does what English sentences are not made of.
        return words == Words.English && title.Length > 1 && char.IsUpper(title[0]) && !char.IsUpper(title[1]) ? char.ToLowerInvariant(title[0]) + title[1..] : title;
    }

    private static ToolPhrase Just(Words words, ToolCallPart call, string? state) => new("", TitleOf(words, call), "", state);

    private static ToolPhrase Running(Words words, ToolCallPart call)
    {
        var found = call.Count is { } count ? words.Number(count) : null;
        return InWords(words, call, call.Label?.Doing) is { } known
            ? new(found is null ? words["ToolPhrase_Doing", HiddenCharacters.Show(known)] : words["ToolPhrase_DoingFound", HiddenCharacters.Show(known), found], null, "")
            : Around(found is null ? words["ToolPhrase_Using"] : words["ToolPhrase_UsingFound"].Replace("{1}", found, StringComparison.Ordinal), TitleOf(words, call));
    }

    private static ToolPhrase Succeeded(Words words, ToolCallPart call)
    {
        var after = call.Count is { } count ? $" · {Results(words, count)}" : "";
        return InWords(words, call, call.Label?.Done) is { } known ? new(HiddenCharacters.Show(known) + after, null, "") : Around(words["ToolPhrase_Used"] + after, TitleOf(words, call));
    }

    private static ToolPhrase Intent(Words words, ToolCallPart call, string order, string use) =>
        IsOrder(call) ? new(words[order, OrderOf(words, call)], null, "") : Around(words[use], TitleOf(words, call));

    // The title stands for itself, wherever the sentence has it.
    private static ToolPhrase Around(string sentence, string title)
    {
        var at = sentence.IndexOf("{0}", StringComparison.Ordinal);
        return new(sentence[..at], title, sentence[(at + 3)..]);
    }

    // What the application's own tools do is said in every language; other tools say it themselves. An assistant that is asked is such a tool, too.
    [return: NotNullIfNotNull(nameof(text))]
    private static string? InWords(Words words, ToolCallPart call, string? text) =>
        text is null || call.Label is not { Source: null, OwnName: null } ? text : StoredSentences.OfTools.In(words, text, call.Name.StartsWith("ask_", StringComparison.Ordinal));

    private static string Results(Words words, int count) => count == 0 ? words["ToolPhrase_NoResults"] : words.Count("ToolPhrase_Results", count);

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
