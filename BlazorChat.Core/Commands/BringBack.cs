using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;

namespace BlazorChat.Commands;

/// <summary>
/// Brings a deleted room back, or what was cleared last in a room, in its place. Returns the room as stored.
/// </summary>
/// <param name="RoomId">The room.</param>
/// <param name="By">The caller.</param>
internal sealed record BringBack(Guid RoomId, Person? By) : RoomCommand<Room>(RoomId, By)
{
    private static readonly RoomError Gone = new(RoomErrorKind.Conflict, "There is nothing to bring back any more.");

    internal override RoomPermission? Permission => RoomPermission.BringBack;

    internal override bool IsOfRemoved => true;

    internal override async Task<Result<Room>> RunAsync(RoomCommandContext context, CancellationToken cancellationToken)
    {
        var broughtBack = await context.ChangeAsync<Room>(async (change, token) =>
        {
            if (await change.BringBackAsync(context.Now - context.KeepRemovedFor, token).ConfigureAwait(false) is not { } back)
            {
                return Gone;
            }

            if (back.IsRoom && await change.CountRoomsAsync(token).ConfigureAwait(false) >= RoomLimits.Rooms)
            {
                return RoomErrors.TooManyRooms;
            }

            if (back.IsRoom && context.TakeRoom() is { } tooMany)
            {
                return tooMany;
            }

            var room = WithoutGone(back.Room, context.People);
            change.Save(room);
            List<Message> newest = [];
            foreach (var id in back.Newest)
            {
                newest.Add((await change.FindAnyMessageAsync(id, token).ConfigureAwait(false))!);
            }

            change.Tell(new RoomEvent.RoomBroughtBack(
                room, back.IsRoom, back.Count, [.. newest], back.HasOlder, back.IsRoom ? await change.ReadMembersAsync(token).ConfigureAwait(false) : [], context.By));
            return room;
        }, cancellationToken).ConfigureAwait(false);
        if (broughtBack.Error is null)
        {
            CommandLog.BroughtBack(context.Logger, RoomId);
        }

        return broughtBack;
    }

    // A deleted room has not heard who left the server meanwhile.
    private static Room WithoutGone(Room room, IPeople people)
    {
        var rights = room.Settings.Rights;
        var kept = rights with
        {
            Approvers = rights.Approvers.RemoveAll(people.IsGone),
            Always = rights.Always.RemoveAll(a => Guid.TryParse(a.By.Id, out var id) && people.IsGone(id)),
        };
        return kept == rights ? room : room with { Settings = room.Settings with { Rights = kept } };
    }
}
