using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;

namespace BlazorChat.Commands;

/// <summary>
/// Names somebody who may approve what tools do in a room, whoever asked, or takes that back. They need the role of a member for it to count.
/// Returns the room as stored.
/// </summary>
/// <param name="RoomId">The room.</param>
/// <param name="By">The caller.</param>
/// <param name="PersonId">The person.</param>
/// <param name="IsApprover">Whether they may approve from now on.</param>
internal sealed record SetApprover(Guid RoomId, Person? By, Guid PersonId, bool IsApprover) : RoomCommand<Room>(RoomId, By)
{
    private static readonly RoomError NoMember = new(RoomErrorKind.Conflict, "Only a member of this room can be named. Please invite them first.");

    private static readonly RoomError TooMany = new(RoomErrorKind.Limit, $"A room can name at most {TurnRights.MostApprovers} people who approve.");

    internal override RoomPermission? Permission => RoomPermission.ManageMembers;

    internal override Task<Result<Room>> RunAsync(RoomCommandContext context, CancellationToken cancellationToken) =>
        context.ChangeAsync<Room>(async (change, token) =>
        {
            if (await change.FindRoomAsync(token).ConfigureAwait(false) is not { } room)
            {
                return RoomErrors.NoSuchRoom;
            }

            // Whoever is no member any more is forgotten at the next change, so that they do not come back with this right.
            var members = await change.ReadMembersAsync(token).ConfigureAwait(false);
            var named = room.Settings.Rights.Approvers.RemoveAll(id => id == PersonId || !members.Any(m => m.PersonId == id));
            if (IsApprover)
            {
                if (!members.Any(m => m.PersonId == PersonId))
                {
                    return NoMember;
                }

                if (named.Length >= TurnRights.MostApprovers)
                {
                    return TooMany;
                }

                named = named.Add(PersonId);
            }

            return named.SequenceEqual(room.Settings.Rights.Approvers) ? room : change.SaveAndTell(room, room.Settings.Rights with { Approvers = named }, context.By);
        }, cancellationToken);
}
