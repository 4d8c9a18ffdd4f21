using System.Collections.Immutable;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Text;

namespace BlazorChat.Turns.Delegation;

/// <summary>The steps of delegated work as they are kept with the call that handed it on: the newest, within a bound.</summary>
internal static class DelegatedWork
{
    private const int TextLength = 2_000;
    private const int DetailLength = 1_000;

    /// <summary>Shortens the parts of a run.</summary>
    public static CallWork Shorten(ImmutableArray<MessagePart> parts)
    {
        var kept = new List<MessagePart>();
        var left = RoomLimits.WorkLength;
        var shown = parts.Where(p => p is ToolCallPart or ErrorPart || !string.IsNullOrWhiteSpace(PartList.TextOf(p))).ToList();
        for (var i = shown.Count - 1; i >= 0; i--)
        {
            var part = Shorten(shown[i]);
            left -= LengthOf(part);
            if (left < 0)
            {
                kept.Add(new TextPart($"… {i + 1} earlier {(i == 0 ? "piece" : "pieces")} of this work were not kept."));
                break;
            }

            kept.Add(part);
        }

        kept.Reverse();
        return new CallWork(PartList.Numbered([.. kept]));
    }

    private static MessagePart Shorten(MessagePart part) => part switch
    {
        TextPart text => text with { Text = TextCut.Marked(text.Text, TextLength) },
        // What its provider sealed is of no use to people.
        ReasoningPart reasoning => new ReasoningPart(TextCut.Marked(reasoning.Text, TextLength)) { PartId = reasoning.PartId, Step = reasoning.Step },
        ToolCallPart call => call with
        {
            Arguments = TextCut.Marked(call.Arguments, DetailLength),
            Result = call.Result is null ? null : TextCut.Marked(call.Result, DetailLength),
        },
        _ => part,
    };

    // The members that are stored beside the texts count too.
    private static int LengthOf(MessagePart part) => 100 + part switch
    {
        ToolCallPart call => call.Arguments.Length + (call.Label?.Length ?? 0) + (call.Result?.Length ?? 0) + (call.Work?.Parts.Sum(LengthOf) ?? 0),
        ErrorPart error => error.Message.Length,
        _ => PartList.TextOf(part)?.Length ?? 0,
    };
}
