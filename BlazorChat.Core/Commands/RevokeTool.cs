using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;

namespace BlazorChat.Commands;

/// <summary>
/// Takes back that a tool runs in a room without anybody being asked. Calls that have not begun are asked about. Returns the room as stored.
/// </summary>
/// <param name="RoomId">The room.</param>
/// <param name="By">The caller.</param>
/// <param name="ToolName">The tool's name.</param>
internal sealed record RevokeTool(Guid RoomId, Person? By, string ToolName) : RoomCommand<Room>(RoomId, By)
{
    internal override RoomPermission? Permission => RoomPermission.ManageMembers;

    internal override Task<Result<Room>> RunAsync(RoomCommandContext context, CancellationToken cancellationToken) =>
        context.ChangeAsync<Room>(async (change, token) =>
        {
            if (await change.FindRoomAsync(token).ConfigureAwait(false) is not { } room)
            {
                return RoomErrors.NoSuchRoom;
            }

            var kept = room.Settings.Rights.Always.RemoveAll(a => a.Name == ToolName);
            return kept.Length == room.Settings.Rights.Always.Length ? room : change.SaveAndTell(room, room.Settings.Rights with { Always = kept }, context.By);
        }, cancellationToken);
}
