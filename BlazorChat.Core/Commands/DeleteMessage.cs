using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Turns;

namespace BlazorChat.Commands;

/// <summary>
/// Removes a message with its versions for everyone, and from future prompts. A running response is discarded. Returns the message's id.
/// </summary>
/// <param name="RoomId">The room.</param>
/// <param name="By">The caller.</param>
/// <param name="MessageId">The message.</param>
internal sealed record DeleteMessage(Guid RoomId, Person? By, Guid MessageId) : RoomCommand<Guid>(RoomId, By)
{
    internal override RoomPermission? Permission => RoomPermission.DeleteMessage;

    internal override Guid? SubjectId => MessageId;

    internal override async Task<Result<Guid>> RunAsync(RoomCommandContext context, CancellationToken cancellationToken)
    {
        var deleted = await context.ChangeAsync<Guid>(async (change, token) =>
        {
            if (await change.FindRoomAsync(token).ConfigureAwait(false) is not { } room
                || await change.FindMessageAsync(MessageId, token).ConfigureAwait(false) is not { } message)
            {
                return RoomErrors.NoSuchMessage;
            }

            change.Tell(new RoomEvent.MessageRemoved(MessageId, context.By));
            // Prompts recorded since then contain the message's text.
            await change.RemoveStepsAsync(token).ConfigureAwait(false);
            var queue = await change.ReadQueueAsync(room, token).ConfigureAwait(false);
            queue.RemoveQuestion(MessageId);
            await change.SaveAsync(queue, context.Now, token).ConfigureAwait(false);
            change.Remove(message);
            change.Save(room with { MessageCount = room.MessageCount - 1 });
            return MessageId;
        }, cancellationToken).ConfigureAwait(false);
        if (deleted.Error is null)
        {
            context.Running.Discard(RoomId, MessageId);
            CommandLog.MessageDeleted(context.Logger, MessageId, RoomId);
        }

        return deleted;
    }
}
