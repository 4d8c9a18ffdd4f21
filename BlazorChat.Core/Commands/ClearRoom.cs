using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;

namespace BlazorChat.Commands;

/// <summary>Removes all messages of a room; responses that run end without a trace. Gives the sequence up to which messages were removed.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="By">Who clears it.</param>
public sealed record ClearRoom(Guid RoomId, Person? By) : RoomCommand<long>(RoomId, By)
{
    internal override RoomPermission? Permission => RoomPermission.ClearRoom;

    internal override async Task<Result<long>> RunAsync(RoomCommandContext context, CancellationToken cancellationToken)
    {
        if (await context.Rooms.ClearAsync(RoomId, cancellationToken).ConfigureAwait(false) is not { } through)
        {
            return RoomErrors.NoSuchRoom;
        }

        context.Tell(new RoomEvent.RoomCleared(through, context.By));
        context.Running.Discard(RoomId, null);
        CommandLog.RoomCleared(context.Logger, RoomId);
        return through;
    }
}
