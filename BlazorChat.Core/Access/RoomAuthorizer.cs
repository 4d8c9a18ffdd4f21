using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Text;

namespace BlazorChat.Access;

/// <summary>An operation that the authorizer allows or refuses.</summary>
public enum RoomPermission
{
    /// <summary>See the list of rooms.</summary>
    ListRooms,

    /// <summary>Create a room.</summary>
    CreateRoom,

    /// <summary>Read a room and follow it live.</summary>
    ViewRoom,

    /// <summary>Write in a room.</summary>
    PostMessage,

    /// <summary>Change a room's name or settings.</summary>
    ChangeRoom,

    /// <summary>Remove all messages of a room.</summary>
    ClearRoom,

    /// <summary>Remove a room.</summary>
    DeleteRoom,

    /// <summary>Ask an assistant, by a message or again.</summary>
    AskAssistant,

    /// <summary>Stop a response, whether it runs or waits, or take a turn out of the queue.</summary>
    StopResponse,

    /// <summary>Ask for another version of a response, or for more of it.</summary>
    RetryResponse,

    /// <summary>Approve or reject a tool call.</summary>
    DecideToolCall,

    /// <summary>Give the result of a tool call that the caller's own browser was asked to run.</summary>
    AnswerBrowserCall,

    /// <summary>Change a message.</summary>
    EditMessage,

    /// <summary>Remove a message.</summary>
    DeleteMessage,

    /// <summary>Decide who can see a room, who its members are, and what they may do.</summary>
    ManageMembers,

    /// <summary>Give up one's own membership of a room.</summary>
    LeaveRoom,

    /// <summary>Make a room read only and take it out of the list, or bring it back.</summary>
    ArchiveRoom,

    /// <summary>Bring back what was removed, also the room itself, or give it up for good.</summary>
    BringBack,

    /// <summary>Make somebody an owner of a room without seeing it. For administrators of the server.</summary>
    AppointOwner,

    /// <summary>See the names of all rooms, who owns them, how many people they have and who can see them; nothing that is in them.</summary>
    ListAllRooms,

    /// <summary>See this of one room, archive it or delete it, without seeing what is in it. For administrators of the server.</summary>
    AdministerRoom,

    /// <summary>Become a member of any room, which its members see. For administrators of the server.</summary>
    JoinRoom,

    /// <summary>See which rooms have no owner who can act, or would have none without somebody.</summary>
    ListOwnerless,

    /// <summary>Have an invite of a room make accounts on the server, too.</summary>
    InviteToServer,

    /// <summary>Become a member of a room by an invite. Which invite it is decides the rest.</summary>
    UseInvite,
}

/// <summary>The subject of a permission check, as looked up by the command.</summary>
/// <param name="RoomId">The room.</param>
public sealed record AuthorizedResource(Guid RoomId)
{
    /// <summary>The author of the message, or the asker of the response or turn; null when the permission does not depend on one.</summary>
    public Author? Owner { get; init; }

    /// <summary>
    /// Who had the response written again or continued, if that is somebody else than the asker; null otherwise. Whoever began a turn may stop it
    /// as its asker may.
    /// </summary>
    public Author? RequestedBy { get; init; }

    /// <summary>A room alone.</summary>
    public static implicit operator AuthorizedResource(Guid roomId) => new(roomId);

    /// <summary>A room alone.</summary>
    public static AuthorizedResource FromGuid(Guid roomId) => roomId;
}

/// <summary>
/// Decides who may do what. Every command and every subscription asks it, with ids that were looked up, never taken from the page. A hidden
/// control on the page is a convenience, never the protection.
/// </summary>
public interface IRoomAuthorizer
{
    /// <summary>Allows or refuses an operation.</summary>
    /// <param name="person">The caller; null when no one is signed in.</param>
    /// <param name="permission">The operation.</param>
    /// <param name="resource">The subject, or null for an operation without a room.</param>
    /// <param name="cancellationToken">Cancels the check.</param>
    /// <returns>
    /// Null when allowed, otherwise the reason. A room that the caller may not see does not exist for them: <see cref="RoomErrorKind.NotFound"/>,
    /// as for an id that no room has.
    /// </returns>
    ValueTask<RoomError?> AuthorizeAsync(Person? person, RoomPermission permission, AuthorizedResource? resource, CancellationToken cancellationToken);
}

/// <summary>
/// The rules, by what somebody is on the server and in the room, as it is at that moment. A viewer reads; a member writes, asks and changes
/// settings; an owner decides who is in the room and what becomes of it. Who may ask, stop, regenerate and approve is the room's setting
/// (<see cref="TurnRights"/>). What belongs to a person, only they and the owners decide; anyone who may write may act on what belongs to no one. An
/// administrator of the server decides whether a room is kept and who owns it, and may join it, but has no rights in a room that has an owner, except
/// as its member.
/// </summary>
internal sealed class RoomAuthorizer(RoomAccessDirectory rooms, IPeople people) : IRoomAuthorizer
{
    /// <summary>Said where the asker may approve. A page says the asker's name instead.</summary>
    public const string AskerOrOwnerApproves = "Only the person who asked or a room owner can approve this.";

    /// <summary>The same in a room without an owner.</summary>
    public const string AskerOrAdministratorApproves = "Only the person who asked or an administrator can approve this.";

    /// <summary>The same where the owners named others.</summary>
    public const string AskerOwnerOrNamedApproves = "Only the person who asked or a room owner, or someone the owners named, can approve this.";

    /// <summary>The same where the owners, who are gone, named others.</summary>
    public const string AskerAdministratorOrNamedApproves = "Only the person who asked or an administrator, or someone the owners named, can approve this.";

    private static readonly RoomError JoinFirst = new(RoomErrorKind.Forbidden, "Please join with a name first.");

    private const string AdministratorsOnly = "Only an administrator can do this.";

    private static readonly RoomError SignedOut = new(RoomErrorKind.Forbidden, "You are not signed in any more.");

    /// <inheritdoc />
    public ValueTask<RoomError?> AuthorizeAsync(Person? person, RoomPermission permission, AuthorizedResource? resource, CancellationToken cancellationToken) =>
        ValueTask.FromResult(
            person is { } who && who.Id != Guid.Empty && Names.CheckPersonName(who.Name).Error is null && people.StandingOf(who) is var standing and not Standing.None
                ? Decide(who, standing, permission, resource)
                : person is null ? JoinFirst : SignedOut);

    private RoomError? Decide(Person who, Standing standing, RoomPermission permission, AuthorizedResource? resource)
    {
        if (permission is RoomPermission.ListRooms or RoomPermission.CreateRoom or RoomPermission.UseInvite)
        {
            return null;
        }

        if (permission is RoomPermission.ListOwnerless or RoomPermission.ListAllRooms or RoomPermission.InviteToServer)
        {
            return standing == Standing.Administrator ? null : No(AdministratorsOnly);
        }

        if (resource is null)
        {
            return No("No one can do this.");
        }

        var isOfServer = permission is RoomPermission.AppointOwner or RoomPermission.AdministerRoom or RoomPermission.JoinRoom;
        if (isOfServer && standing == Standing.Administrator && rooms.Find(resource.RoomId) is { } any)
        {
            // Without seeing the room.
            return permission is RoomPermission.AppointOwner && any.IsLobby ? RoomErrors.LobbyIsNobodys : null;
        }

        if (permission is RoomPermission.BringBack && rooms.FindRemoved(resource.RoomId) is { } removed)
        {
            // A deleted room exists for nobody else.
            return removed.RoleOf(who.Id, standing) is { } of && (of == RoomRole.Owner || (!removed.HasOwner && standing == Standing.Administrator)) ? null : RoomErrors.NoSuchRoom;
        }

        if (rooms.Find(resource.RoomId) is not { } access || access.RoleOf(who.Id, standing) is not { } role)
        {
            return RoomErrors.NoSuchRoom;
        }

        if (permission is RoomPermission.ViewRoom)
        {
            return null;
        }

        if (permission is RoomPermission.LeaveRoom)
        {
            return access.Members.ContainsKey(who.Id) ? null : No("You are not a member of this room.");
        }

        if (isOfServer)
        {
            return No(AdministratorsOnly);
        }

        if (role < RoomRole.Member)
        {
            return No("You can read this room, but not change anything in it.");
        }

        if (access.IsLobby && permission is RoomPermission.DeleteRoom)
        {
            return RoomErrors.LobbyStays;
        }

        if (access.IsArchived && !StaysAllowed(permission))
        {
            return RoomErrors.Archived;
        }

        var isOwner = role == RoomRole.Owner;
        var isManager = access.IsManager(who.Id, standing);
        var isOwn = resource.Owner is { Kind: AuthorKind.Person } owner && owner.Id == who.AsAuthor().Id;
        var isNobodys = resource.Owner is not { Kind: AuthorKind.Person } && !access.HasOwner;
        return permission switch
        {
            RoomPermission.PostMessage or RoomPermission.ChangeRoom => null,
            RoomPermission.ClearRoom or RoomPermission.BringBack or RoomPermission.DeleteRoom or RoomPermission.ManageMembers or RoomPermission.ArchiveRoom => isManager
                ? null
                : No(access.HasOwner ? "Only an owner of this room can do this." : "Only an administrator can do this, because this room has no owner."),
            RoomPermission.AskAssistant => OfTurn(access.Rights.Ask, TurnAct.Ask),
            RoomPermission.StopResponse => OfTurn(access.Rights.Stop, TurnAct.Stop, isOwn || resource.RequestedBy?.IsSameAs(who.AsAuthor()) == true),
            RoomPermission.RetryResponse => OfTurn(access.Rights.Ask, TurnAct.Ask) ?? OfTurn(access.Rights.Regenerate, TurnAct.Regenerate, isOwn),
            RoomPermission.DecideToolCall => access.Rights.Approvers.Contains(who.Id) && access.Members.ContainsKey(who.Id) ? null : OfTurn(access.Rights.Approve, access.Rights.Approvers.Length > 0 ? TurnAct.ApproveAsNamed : TurnAct.Approve, isOwn),
            RoomPermission.AnswerBrowserCall => isOwn ? null : No("Only the browser of the person who asked can answer this."),
            RoomPermission.EditMessage => isOwn ? null : No("Only the author can edit this message."),
            RoomPermission.DeleteMessage => isOwn || isOwner || isNobodys ? null : No("Only the author or an owner of the room can delete this message."),
            // A permission without a rule is refused.
            _ => No("No one can do this."),
        };

        RoomError? OfTurn(TurnPeople people, TurnAct act, bool isAsker = false) =>
            isManager || people == TurnPeople.Members || (people == TurnPeople.AskerAndOwners && (isAsker || isNobodys))
                ? null
                : OnlyThese(people == TurnPeople.AskerAndOwners, access.HasOwner, act);
    }

    // For everybody to read: who decides here, not who this person is not. Whole sentences, which pages have in other languages.
    private static RoomError OnlyThese(bool asker, bool hasOwner, TurnAct act) => (act, asker, hasOwner) switch
    {
        (TurnAct.Ask, true, true) => No("Only the person who asked or a room owner can ask assistants here."),
        (TurnAct.Ask, true, false) => No("Only the person who asked or an administrator can ask assistants here."),
        (TurnAct.Ask, false, true) => No("Only a room owner can ask assistants here."),
        (TurnAct.Ask, false, false) => No("Only an administrator can ask assistants here."),
        (TurnAct.Stop, true, true) => No("Only the person who asked or a room owner can stop this."),
        (TurnAct.Stop, true, false) => No("Only the person who asked or an administrator can stop this."),
        (TurnAct.Stop, false, true) => No("Only a room owner can stop this."),
        (TurnAct.Stop, false, false) => No("Only an administrator can stop this."),
        (TurnAct.Regenerate, true, true) => No("Only the person who asked or a room owner can have this answered again."),
        (TurnAct.Regenerate, true, false) => No("Only the person who asked or an administrator can have this answered again."),
        (TurnAct.Regenerate, false, true) => No("Only a room owner can have this answered again."),
        (TurnAct.Regenerate, false, false) => No("Only an administrator can have this answered again."),
        (TurnAct.Approve, true, true) => No(AskerOrOwnerApproves),
        (TurnAct.Approve, true, false) => No(AskerOrAdministratorApproves),
        (TurnAct.Approve, false, true) => No("Only a room owner can approve this."),
        (TurnAct.Approve, false, false) => No("Only an administrator can approve this."),
        (_, true, true) => No(AskerOwnerOrNamedApproves),
        (_, true, false) => No(AskerAdministratorOrNamedApproves),
        (_, false, true) => No("Only a room owner, or someone the owners named, can approve this."),
        _ => No("Only an administrator, or someone the owners named, can approve this."),
    };

    // Who can see an archived room, and whether it is kept, is still for its owners to decide: neither changes what was said in it.
    private static bool StaysAllowed(RoomPermission permission) =>
        permission is RoomPermission.ArchiveRoom or RoomPermission.ManageMembers or RoomPermission.DeleteRoom;

    private static RoomError No(string sentence) => new(RoomErrorKind.Forbidden, sentence);

    // What the rights of turns are about.
    private enum TurnAct
    {
        Ask,
        Stop,
        Regenerate,
        Approve,

        // Where the owners named others who may.
        ApproveAsNamed,
    }
}
