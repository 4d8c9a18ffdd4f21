using System.Runtime.InteropServices;
using BlazorChat.Messages;

namespace BlazorChat.Components.Messages.Parts;

/// <summary>The line that summarizes a tool call.</summary>
/// <param name="Lead">The text before the tool's name, or the whole line if <paramref name="NamesTool"/> is false.</param>
/// <param name="NamesTool">Whether the line contains the tool's name.</param>
/// <param name="State">The text after the name.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ToolPhrase(string Lead, bool NamesTool, string State)
{
    /// <summary>Describes a call's current state.</summary>
    /// <param name="call">The call.</param>
    /// <param name="doing">What the tool does while it runs (<c>Searching messages</c>), or null.</param>
    /// <param name="asker">The name of the person whose browser must run it, or null.</param>
    /// <param name="waitsForOthers">Whether other calls that were made with it still wait for people.</param>
    /// <param name="waitsForTurn">Whether it runs as soon as its response goes on, behind other work of the assistant.</param>
    public static ToolPhrase Of(ToolCallPart call, string? doing, string? asker, bool waitsForOthers, bool waitsForTurn) => call.State switch
    {
        ToolCallState.Streaming => new("Preparing", true, "…"),
        ToolCallState.Ready when waitsForOthers => new("", true, call.Decision is null ? "Waiting for the others" : "Approved, waiting for the others"),
        ToolCallState.Ready when waitsForTurn => new("", true, call.Decision is null ? "Waiting for its turn" : "Approved, waiting for its turn"),
        ToolCallState.Ready => new("Starting", true, "…"),
        ToolCallState.AwaitingApproval when call.FirstApproval is not null => new("", true, "Waiting for a second approval"),
        ToolCallState.AwaitingApproval => new("", true, "Waiting for approval"),
        ToolCallState.AwaitingBrowser => new("", true, asker is null ? "Waiting for a browser" : $"Waiting for {HiddenCharacters.Show(asker)}’s browser"),
        ToolCallState.Running when (doing ?? DoingOf(call.Name)) is { } phrase => new($"{phrase}…", false, ""),
        ToolCallState.Running => new("Running", true, "…"),
        ToolCallState.Succeeded => new("", true, call is { BeganAt: { } began, EndedAt: { } ended } ? $"done in {Quantity.Of(ended - began)}" : "done"),
        ToolCallState.Failed => new("", true, "Failed"),
        ToolCallState.Expired => new("", true, "Expired: nobody answered in time"),
        _ when call.Decision is { Reason: CallChanges.WroteInstead } instead => new("", true, $"Rejected: {HiddenCharacters.Show(instead.By.Name)} wrote something else"),
        _ => new("", true, call.Decision is { } decision ? $"Rejected by {HiddenCharacters.Show(decision.By.Name)}" : "Rejected"),
    };

    private static string? DoingOf(string tool) => tool switch
    {
        "search_messages" => "Searching messages",
        "get_current_time" => "Looking at the clock",
        "roll_dice" => "Rolling dice",
        _ => null,
    };
}
