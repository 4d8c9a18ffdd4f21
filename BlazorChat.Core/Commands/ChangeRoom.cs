using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Text;

namespace BlazorChat.Commands;

/// <summary>Changes a room's name and settings. Gives the room as stored.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="By">Who changes them.</param>
/// <param name="Name">The new name, or null to leave it.</param>
/// <param name="Settings">What is to become of its settings, as they are stored by then.</param>
public sealed record ChangeRoom(Guid RoomId, Person? By, string? Name, RoomSettingsChange Settings) : RoomCommand<Room>(RoomId, By)
{
    internal override RoomPermission? Permission => RoomPermission.ChangeRoom;

    internal override RoomError? Check() => Name is null ? null : Names.CheckRoomName(Name).Error;

    internal override async Task<Result<Room>> RunAsync(RoomCommandContext context, CancellationToken cancellationToken)
    {
        var settings = Settings.Apply(context.Room.Settings);
        if (RoomSettingsRules.Check(settings) is { } wrong)
        {
            return wrong;
        }

        var name = Name is null ? null : Names.CheckRoomName(Name).Value;
        var changed = await context.Rooms.UpdateAsync(RoomId, name, settings, cancellationToken).ConfigureAwait(false);
        if (changed.Error is null)
        {
            context.Tell(new RoomEvent.RoomChanged(changed.Value));
        }

        return changed;
    }
}
