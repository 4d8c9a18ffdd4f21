using BlazorChat.Components.Rooms;
using BlazorChat.Messages;

namespace BlazorChat.Components.Messages.Parts;

/// <summary>What calls wait for that could run.</summary>
internal static class CallWaits
{
    /// <summary>
    /// What a call waits for. Its own state does not say it: it is ready, and runs together with the others of its step, or when its response
    /// goes on. While a response runs, its parts are in the frame, not in the message.
    /// </summary>
    public static CallWait Of(RoomView view, Message message, ToolCallPart call)
    {
        if (call.State != ToolCallState.Ready)
        {
            return CallWait.None;
        }

        var live = view.Window.Messages.FirstOrDefault(m => m.Message.Id == message.Id)?.Live;
        var calls = live is null ? message.Calls : live.Frame.Parts.Select(p => p.Part).OfType<ToolCallPart>();
        return calls.Any(c => c.Step == call.Step && c.IsAwaited) ? CallWait.Others
            : message.Status is MessageStatus.AwaitingPeople && message.Calls.All(c => !c.IsAwaited) && live is null ? CallWait.Turn
            : CallWait.None;
    }
}
