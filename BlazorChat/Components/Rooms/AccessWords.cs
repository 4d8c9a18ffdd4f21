using BlazorChat.Access;
using BlazorChat.Languages;

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
    public static string Of(Words words, RoomVisibility visibility) => visibility switch
    {
        RoomVisibility.Private => words["Access_Private"],
        RoomVisibility.Open => words["Access_Open"],
        _ => words["Access_OpenToGuests"],
    };

    /// <summary>A room as administrators see it who are not in it.</summary>
    public static string Of(Words words, ManagedRoom room) => string.Join(" · ", new[]
    {
        room.IsArchived ? words["Access_Archived"] : null,
        Short(words, room.Visibility, room.Members),
        room.Owners.IsEmpty ? words[room.IsLobby ? "Access_Lobby" : "Access_NoOwner"] : words["Access_OwnedBy", string.Join(", ", room.Owners)],
        room.IsMember ? words["Access_YouAreIn"] : null,
    }.OfType<string>());

    /// <summary>A role.</summary>
    public static string Of(Words words, RoomRole role) => role switch
    {
        RoomRole.Viewer => words["Role_Viewer"],
        RoomRole.Member => words["Role_Member"],
        _ => words["Role_Owner"],
    };

    /// <summary>The key of what somebody with a role is now, told to whoever made them that: {0} is their name.</summary>
    public static string Became(RoomRole role) => role switch
    {
        RoomRole.Viewer => "Role_BecameViewer",
        RoomRole.Member => "Role_BecameMember",
        _ => "Role_BecameOwner",
    };

    /// <summary>A role with what it allows, as a choice.</summary>
    public static string Choice(Words words, RoomRole role) => role switch
    {
        RoomRole.Viewer => words["Role_ViewerCan"],
        RoomRole.Member => words["Role_MemberCan"],
        _ => words["Role_OwnerCan"],
    };

    /// <summary>Who may do something with turns.</summary>
    public static string Of(Words words, TurnPeople people) => people switch
    {
        TurnPeople.Owners => words["TurnPeople_Owners"],
        TurnPeople.AskerAndOwners => words["TurnPeople_AskerAndOwners"],
        _ => words["TurnPeople_Members"],
    };

    /// <summary>What somebody with a role may do, told to them.</summary>
    public static string Promise(Words words, RoomRole role) => role switch
    {
        RoomRole.Viewer => words["Role_ViewerPromise"],
        RoomRole.Member => words["Role_MemberPromise"],
        _ => words["Role_OwnerPromise"],
    };

    /// <summary>Who can see a room, in the few words of its header.</summary>
    public static string Short(Words words, RoomVisibility visibility, int members) => visibility switch
    {
        RoomVisibility.Private => words.Count("Access_PrivatePeople", members),
        RoomVisibility.Open => words["Access_OpenTo"],
        _ => words["Access_OpenToAll"],
    };
}
