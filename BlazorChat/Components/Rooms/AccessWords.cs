using BlazorChat.Access;
using BlazorChat.Rooms;

namespace BlazorChat.Components.Rooms;

/// <summary>Who can see a room and what its members may do, in words.</summary>
internal static class AccessWords
{
    /// <summary>The choices of who can see a room, from the fewest people to the most.</summary>
    public static readonly RoomVisibility[] Visibilities = [RoomVisibility.Private, RoomVisibility.Open, RoomVisibility.OpenToGuests];

    /// <summary>The roles, from the least rights to the most.</summary>
    public static readonly RoomRole[] Roles = [RoomRole.Viewer, RoomRole.Member, RoomRole.Owner];

    /// <summary>Who can see a room.</summary>
    public static string Of(RoomVisibility visibility) => visibility switch
    {
        RoomVisibility.Private => "Only members",
        RoomVisibility.Open => "Everybody with an account",
        _ => "Everybody, guests too",
    };

    /// <summary>A role.</summary>
    public static string Of(RoomRole role) => role switch
    {
        RoomRole.Viewer => "Viewer",
        RoomRole.Member => "Member",
        _ => "Owner",
    };

    /// <summary>What somebody with a role may do, as the end of a sentence that begins with a person.</summary>
    public static string RightsOf(RoomRole role) => role switch
    {
        RoomRole.Viewer => "read it",
        RoomRole.Member => "read it and write in it",
        _ => "read it, write in it and manage it",
    };

    /// <summary>Who can see a room, in the few words of its header.</summary>
    public static string Short(RoomVisibility visibility, int members) => visibility switch
    {
        RoomVisibility.Private when members == 1 => "Private · 1 person",
        RoomVisibility.Private => $"Private · {members:N0} people",
        RoomVisibility.Open => "Open to everybody with an account",
        _ => "Open to everybody",
    };
}
