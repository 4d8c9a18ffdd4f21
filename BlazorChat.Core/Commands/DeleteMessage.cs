using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;

namespace BlazorChat.Commands;

/// <summary>
/// Removes a message with its versions for everybody, and from what models will be sent. A response that runs ends without a trace.
/// Gives the message's id.
/// </summary>
/// <param name="RoomId">The room.</param>
/// <param name="By">Who removes it.</param>
/// <param name="MessageId">The message.</param>
public sealed record DeleteMessage(Guid RoomId, Person? By, Guid MessageId) : RoomCommand<Guid>(RoomId, By)
{
    internal override RoomPermission? Permission => RoomPermission.DeleteMessage;

    internal override Guid? SubjectId => MessageId;

    internal override async Task<Result<Guid>> RunAsync(RoomCommandContext context, CancellationToken cancellationToken)
    {
        if (await context.Rooms.DeleteMessageAsync(RoomId, MessageId, cancellationToken).ConfigureAwait(false) is not { } removed)
        {
            return RoomErrors.NoSuchMessage;
        }

        context.Tell(new RoomEvent.MessageRemoved(MessageId, context.By));
        context.Running.Discard(RoomId, MessageId);
        context.TellChanged(removed.Changed);
        context.TellWithdrawn(removed.Withdrawn);
        context.TellQueued(removed.Queued);
        CommandLog.MessageDeleted(context.Logger, MessageId, RoomId);
        return MessageId;
    }
}
