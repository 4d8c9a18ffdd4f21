using BlazorChat.Components.Rooms;
using BlazorChat.Languages;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Turns;
using Microsoft.AspNetCore.Components.Rendering;

namespace BlazorChat.Components.Messages;

/// <summary>
/// The line under a message that waits in the queue: its place, and a button that takes it out. Constant markup, one string per place for all
/// circuits of a language. message-actions.js passes the click on.
/// </summary>
internal static class WaitingLine
{
    private static readonly PerLanguage<string?[]> Lines = new(_ => new string?[(RoomLimits.QueueLength + 1) * 2]);

    /// <summary>Gives the markup for a place in the queue, from 1.</summary>
    public static string Of(Words words, int place, bool mayRemove)
    {
        ref var line = ref Lines.In(words)[(Math.Min(place, RoomLimits.QueueLength) * 2) + (mayRemove ? 1 : 0)];
        return line ??= $"""<p class="end waiting-line">{words[KeyOf(place), place]}{(mayRemove ? $"""<button type="button" class="end-act" data-act="remove">{words["Common_Remove"]}</button>""" : "")}</p>""";
    }

    /// <summary>Adds the line to a message that waits, as one node of the caller.</summary>
    public static void Add(RenderTreeBuilder builder, RoomView view, Message message)
    {
        if (PlaceOf(view, message.Id) is { } place)
        {
            builder.AddMarkup(999_999, Of(view.Words, place, TurnsOf(view, message.Id).Any(t => view.WhyNotStop(t) is null)));
        }
    }

    /// <summary>The turns that answer a message, or write the next version or the rest of a response.</summary>
    public static IEnumerable<Turn> TurnsOf(RoomView view, Guid messageId) =>
        view.Frame.Queue.Where(t => t.MessageId is { } response ? response == messageId : t.QuestionId == messageId || t.EarlierQuestionIds.Contains(messageId));

    /// <summary>The place of a message in the queue, from 1; null if it does not wait.</summary>
    public static int? PlaceOf(RoomView view, Guid messageId)
    {
        foreach (var turn in TurnsOf(view, messageId))
        {
            var place = view.Frame.Queue.IndexOf(turn) + 1;
            // A turn that is about to begin has nothing to wait for, and would only flash.
            if (place > 1 || turn.NotBefore is not null || view.Frame.Running.Any(m => m.Message.Author.Id == turn.AssistantId))
            {
                return place;
            }
        }

        return null;
    }

    // English has four endings for the number of a place; other languages may say all of them in the same way.
    private static string KeyOf(int place) => place switch
    {
        1 => "WaitingLine_Next",
        _ when place % 100 is 11 or 12 or 13 => "WaitingLine_PlaceTh",
        _ => (place % 10) switch { 1 => "WaitingLine_PlaceSt", 2 => "WaitingLine_PlaceNd", 3 => "WaitingLine_PlaceRd", _ => "WaitingLine_PlaceTh" },
    };
}
