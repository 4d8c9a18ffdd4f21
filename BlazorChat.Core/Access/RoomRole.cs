using System.Collections.Immutable;

namespace BlazorChat.Access;

/// <summary>What somebody may do in a room, from least to most. Stored as numbers: never renumber.</summary>
public enum RoomRole
{
    /// <summary>Reads.</summary>
    Viewer = 0,

    /// <summary>Writes, asks, and changes the room's settings.</summary>
    Member = 1,

    /// <summary>Decides who is in the room and what becomes of it.</summary>
    Owner = 2,
}

/// <summary>Who can see a room besides its members. Stored as numbers: never renumber.</summary>
public enum RoomVisibility
{
    /// <summary>Nobody.</summary>
    Private = 0,

    /// <summary>Everybody who has an account on this server, with the rights of a member.</summary>
    Open = 1,

    /// <summary>Everybody on this server, guests included, with the rights of a member.</summary>
    OpenToGuests = 2,
}

/// <summary>A member of a room.</summary>
/// <param name="PersonId">The person.</param>
/// <param name="Role">What they may do there.</param>
/// <param name="Since">Since when they are a member.</param>
public sealed record RoomMember(Guid PersonId, RoomRole Role, DateTimeOffset Since)
{
    /// <summary>
    /// The sequence of the first message that they may see; 0 for all. Pages, links, counts, search and the prompts of their questions are
    /// cut there.
    /// </summary>
    public long SeesFrom { get; init; }
}

/// <summary>What always holds for the members of a room.</summary>
internal static class RoomMembers
{
    /// <summary>Whether a person is the only owner among these members who can still act.</summary>
    public static bool IsLastOwner(this IEnumerable<RoomMember> members, Guid personId, IPeople people)
    {
        var isOwner = false;
        foreach (var member in members.Where(m => m.Role == RoomRole.Owner))
        {
            if (member.PersonId == personId)
            {
                isOwner = true;
            }
            else if (!people.IsGone(member.PersonId))
            {
                return false;
            }
        }

        return isOwner;
    }
}

/// <summary>A room in which nobody who is an owner can act, for administrators to appoint one. They need not see the room.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Name">Its name.</param>
/// <param name="Members">The names of its members who can act.</param>
public sealed record OwnerlessRoom(Guid RoomId, string Name, ImmutableArray<string> Members);

/// <summary>A room as administrators of the server see it without being in it: nothing of what is written there, not even how much.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="Name">Its name.</param>
/// <param name="Owners">The names of its owners.</param>
/// <param name="Members">How many members it has.</param>
/// <param name="Visibility">Who can see it besides its members.</param>
public sealed record ManagedRoom(Guid RoomId, string Name, ImmutableArray<string> Owners, int Members, RoomVisibility Visibility)
{
    /// <summary>Whether it is archived.</summary>
    public bool IsArchived { get; init; }

    /// <summary>Whether it is the lobby, which nobody owns and nobody can delete.</summary>
    public bool IsLobby { get; init; }

    /// <summary>Whether whoever asks is its member.</summary>
    public bool IsMember { get; init; }

    /// <summary>Whether newcomers see only new messages.</summary>
    public bool HidesHistory { get; init; }
}

/// <summary>A page of the rooms of a server.</summary>
/// <param name="Rooms">The rooms of the page, by name.</param>
/// <param name="Count">How many there are on all pages.</param>
public sealed record ManagedRooms(ImmutableArray<ManagedRoom> Rooms, int Count)
{
    /// <summary>How many rooms a page has.</summary>
    public const int PageSize = 50;
}

/// <summary>A member of a room, for people to read.</summary>
/// <param name="Member">The member.</param>
/// <param name="Name">Their name now.</param>
public sealed record NamedMember(RoomMember Member, string Name);
