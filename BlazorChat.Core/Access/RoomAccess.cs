using System.Collections.Immutable;
using BlazorChat.Messages;
using BlazorChat.Rooms;

namespace BlazorChat.Access;

/// <summary>Who may be in a room. Immutable.</summary>
/// <param name="Visibility">Who can see it besides its members.</param>
/// <param name="Members">Its members, by person.</param>
/// <param name="IsArchived">Whether the room is read only (see <see cref="Room.ArchivedAt"/>).</param>
internal sealed record RoomAccess(RoomVisibility Visibility, ImmutableDictionary<Guid, RoomMember> Members, bool IsArchived)
{
    /// <summary>A sequence that no message has.</summary>
    public const long Nothing = long.MaxValue;

    /// <summary>Who may do what with turns.</summary>
    public TurnRights Rights { get; init; } = new();

    /// <summary>When the room was made.</summary>
    public DateTimeOffset MadeAt { get; init; }

    /// <summary>Whether it is the lobby: open to everyone on the server, for as long as there is one, and so nobody's.</summary>
    public bool IsLobby { get; init; }

    /// <summary>Whether anybody owns the room. The lobby, and rooms that code on the server made, belong to nobody.</summary>
    public bool HasOwner { get; } = Members.Values.Any(m => m.Role == RoomRole.Owner);

    /// <summary>Whether somebody owns the room who is known and can still act.</summary>
    public bool HasOwnerOf(IPeople people) =>
        Members.Values.Any(m => m.Role == RoomRole.Owner && people.NameOf(m.PersonId) is not null && !people.IsGone(m.PersonId));

    /// <summary>The role of somebody with a standing; null if the room does not exist for them.</summary>
    public RoomRole? RoleOf(Guid personId, Standing standing) => standing switch
    {
        Standing.None => null,
        _ when Members.TryGetValue(personId, out var member) => member.Role,
        Standing.Guest => Visibility == RoomVisibility.OpenToGuests ? RoomRole.Member : null,
        _ => Visibility == RoomVisibility.Private ? null : RoomRole.Member,
    };

    /// <summary>
    /// Whether a person can read the room, now or as soon as they are back: a member whose account is disabled is still one.
    /// </summary>
    public bool CanBeReadBy(Guid personId, IPeople people) =>
        Members.ContainsKey(personId) || RoleOf(personId, people.StandingOf(new Person(personId, people.NameOf(personId) ?? ""))) is not null;

    /// <summary>Whether somebody with a standing manages the room: as its owner, or as an administrator if nobody owns it.</summary>
    public bool IsManager(Guid personId, Standing standing) =>
        RoleOf(personId, standing) is { } role && (role == RoomRole.Owner || (!HasOwner && standing == Standing.Administrator));

    /// <summary>Whether somebody made the room and still owns it. One that somebody else handed to them is not theirs in this sense.</summary>
    public bool IsMadeBy(Guid personId) => Members.TryGetValue(personId, out var member) && member.Role == RoomRole.Owner && member.Since == MadeAt;

    /// <summary>The sequence of the first message that a person may see; 0 for all, <see cref="Nothing"/> for whoever is not let in.</summary>
    public long SeesFrom(Guid personId) => Members.TryGetValue(personId, out var member) ? member.SeesFrom : Visibility == RoomVisibility.Private ? Nothing : 0;

    /// <summary>The same room with a member added or changed.</summary>
    public RoomAccess With(RoomMember member) => new(Visibility, Members.SetItem(member.PersonId, member), IsArchived) { Rights = Rights, MadeAt = MadeAt, IsLobby = IsLobby };

    /// <summary>The same room without a member.</summary>
    public RoomAccess Without(Guid personId) => new(Visibility, Members.Remove(personId), IsArchived) { Rights = Rights, MadeAt = MadeAt, IsLobby = IsLobby };
}
