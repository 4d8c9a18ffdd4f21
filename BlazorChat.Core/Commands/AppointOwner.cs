using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;

namespace BlazorChat.Commands;

/// <summary>
/// Makes somebody an owner of a room, above all of one in which nobody who is an owner can act any more. For administrators, who need not see the
/// room for it; its members see that they did. Returns the member as stored.
/// </summary>
/// <param name="RoomId">The room.</param>
/// <param name="By">The caller.</param>
/// <param name="PersonId">The person.</param>
internal sealed record AppointOwner(Guid RoomId, Person? By, Guid PersonId) : RoomCommand<RoomMember>(RoomId, By)
{
    internal override RoomPermission? Permission => RoomPermission.AppointOwner;

    internal override Task<Result<RoomMember>> RunAsync(RoomCommandContext context, CancellationToken cancellationToken) =>
        SetMember.SetAsync(context, PersonId, RoomRole.Owner, isAppointed: true, cancellationToken);
}
