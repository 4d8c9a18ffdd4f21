using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Text;

namespace BlazorChat.Commands;

/// <summary>Changes a room's name and settings. Who may do what, and the room's color, are for those who decide about its members. Returns the room as stored.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="By">The caller.</param>
/// <param name="Name">The new name, or null to keep it.</param>
/// <param name="Settings">The changes, applied to the settings as stored at that moment.</param>
internal sealed record ChangeRoom(Guid RoomId, Person? By, string? Name, RoomSettingsChange Settings) : RoomCommand<Room>(RoomId, By)
{
    internal override RoomPermission? Permission => RoomPermission.ChangeRoom;

    internal override RoomError? Check() => Name is null ? null : Names.CheckRoomName(Name).Error;

    internal override async Task<Result<Room>> RunAsync(RoomCommandContext context, CancellationToken cancellationToken) =>
        Settings.IsForOwners && await context.AskAsync(RoomPermission.ManageMembers, null, cancellationToken).ConfigureAwait(false) is { } no
            ? no
            : await ChangeAsync(context, cancellationToken).ConfigureAwait(false);

    private Task<Result<Room>> ChangeAsync(RoomCommandContext context, CancellationToken cancellationToken) =>
        context.ChangeAsync<Room>(async (change, token) =>
        {
            if (await change.FindRoomAsync(token).ConfigureAwait(false) is not { } room)
            {
                return RoomErrors.NoSuchRoom;
            }

            if (Settings.IsOutdated(room.Settings))
            {
                return RoomErrors.SettingChanged;
            }

            var settings = Settings.Apply(room.Settings);
            if (RoomSettingsRules.Check(settings) is { } wrong)
            {
                return wrong;
            }

            var changed = room with { Settings = settings };
            if (Name is not null)
            {
                changed = changed with { Name = Names.CheckRoomName(Name).Value, IsNamed = true };
            }

            change.Save(changed);
            change.Tell(new RoomEvent.RoomChanged(changed) { By = context.By });
            return changed;
        }, cancellationToken);
}
