using BlazorChat.Access;

namespace BlazorChat.Components.Rooms;

/// <summary>Who can see a room and what its members may do, in words.</summary>
internal static class AccessWords
{
    /// <summary>The choices of who can see a room, from the fewest people to the most.</summary>
    public static readonly RoomVisibility[] Visibilities = [RoomVisibility.Private, RoomVisibility.Open, RoomVisibility.OpenToGuests];

    private static readonly RoomRole[] Roles = [RoomRole.Viewer, RoomRole.Member, RoomRole.Owner];

    /// <summary>The roles that there are in a room, from the least rights to the most. Nobody owns the lobby.</summary>
    public static IEnumerable<RoomRole> RolesIn(RoomAccess? room) => room is { IsLobby: true } ? Roles.Where(r => r != RoomRole.Owner) : Roles;

    /// <summary>Who can see a room.</summary>
    public static string Of(RoomVisibility visibility) => visibility switch
    {
        RoomVisibility.Private => "Only members",
        RoomVisibility.Open => "Everyone with an account",
        _ => "Everyone, including guests",
    };

    /// <summary>A room as administrators see it who are not in it.</summary>
    public static string Of(ManagedRoom room) => string.Join(" · ", new[]
    {
        room.IsArchived ? "Archived" : null,
        Short(room.Visibility, room.Members),
        room.Owners.IsEmpty ? room.IsLobby ? "the lobby" : "no owner" : $"owned by {string.Join(", ", room.Owners)}",
        room.IsMember ? "you are in it" : null,
    }.OfType<string>());

    /// <summary>A role.</summary>
    public static string Of(RoomRole role) => role switch
    {
        RoomRole.Viewer => "Viewer",
        RoomRole.Member => "Member",
        _ => "Owner",
    };

    /// <summary>What somebody with a role is now, told to whoever made them that.</summary>
    public static string Became(RoomRole role) => role switch
    {
        RoomRole.Viewer => "is a viewer now.",
        RoomRole.Member => "is a member now.",
        _ => "is an owner now.",
    };

    /// <summary>A role with what it allows, as a choice.</summary>
    public static string Choice(RoomRole role) => role switch
    {
        RoomRole.Viewer => "Viewer – can read",
        RoomRole.Member => "Member – can read and write",
        _ => "Owner – can also manage the room",
    };

    /// <summary>Who may do something with turns.</summary>
    public static string Of(TurnPeople people) => people switch
    {
        TurnPeople.Owners => "Owners",
        TurnPeople.AskerAndOwners => "The asker and owners",
        _ => "Everyone who can write",
    };

    /// <summary>What somebody with a role may do, told to them.</summary>
    public static string Promise(RoomRole role) => role switch
    {
        RoomRole.Viewer => "You’ll be able to read it, but not to write.",
        RoomRole.Member => "You’ll be able to read and write.",
        _ => "You’ll be one of its owners.",
    };

    /// <summary>Who can see a room, in the few words of its header.</summary>
    public static string Short(RoomVisibility visibility, int members) => visibility switch
    {
        RoomVisibility.Private when members == 1 => "Private · 1 person",
        RoomVisibility.Private => $"Private · {members:N0} people",
        RoomVisibility.Open => "Open to everyone with an account",
        _ => "Open to everyone",
    };
}
