using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using Microsoft.Extensions.Options;

namespace BlazorChat.Accounts;

/// <summary>An operation on accounts or the server that the authorizer allows or refuses.</summary>
internal enum AccountPermission
{
    /// <summary>Change one's own account. Some of it takes a proof besides that it is they; see <see cref="OwnProofs"/>.</summary>
    ChangeOwn,

    /// <summary>Delete one's own account.</summary>
    DeleteOwn,

    /// <summary>See everybody on the server, and what administrators manage.</summary>
    ManageServer,

    /// <summary>Read the audit log.</summary>
    ReadAudit,

    /// <summary>See the invitations to the server, and take them back.</summary>
    ManageInvitations,

    /// <summary>Invite people to the server.</summary>
    Invite,

    /// <summary>Make a link with which somebody sets a new password.</summary>
    ResetPassword,

    /// <summary>Turn off somebody's two-factor sign-in.</summary>
    EndTwoFactor,

    /// <summary>Disable somebody.</summary>
    Disable,

    /// <summary>Let somebody in again who was disabled.</summary>
    Enable,

    /// <summary>Make somebody an administrator.</summary>
    Appoint,

    /// <summary>Take that back.</summary>
    Dismiss,

    /// <summary>Delete somebody's account, or a guest.</summary>
    Delete,
}

/// <summary>
/// Decides who may do what with accounts and the server, as <see cref="IRoomAuthorizer"/> does for rooms: by what the caller and the object are at
/// that moment. Services ask it, within their transaction where they change something, and pages ask it for what they show.
/// </summary>
internal sealed class AccountAuthorizer(PeopleDirectory people, IOptions<AccountsOptions> options)
{
    // Whoever is no administrator does not learn what there is.
    private static readonly RoomError AdministratorsOnly = new(RoomErrorKind.NotFound, "This page does not exist.");

    private static readonly RoomError NobodyIsInvited =
        new(RoomErrorKind.Conflict, "This server takes no new accounts, so nobody can be invited. The setting Accounts:Registration decides about that.");

    private static readonly RoomError LastAdministrator = new(RoomErrorKind.Conflict, "The server needs an administrator. Make somebody else one first.");

    private static readonly RoomError NotOneself = new(RoomErrorKind.Conflict, "About your own account, another administrator decides. To delete it, open “Your account”.");

    /// <summary>Allows or refuses an operation.</summary>
    /// <param name="person">The caller; null when no one is signed in.</param>
    /// <param name="permission">The operation.</param>
    /// <param name="personId">Whom it is about, if that is somebody else.</param>
    /// <returns>Null when allowed, otherwise the reason.</returns>
    public RoomError? Authorize(Person? person, AccountPermission permission, Guid? personId = null)
    {
        var standing = person is null ? Standing.None : people.StandingOf(person);
        return permission switch
        {
            AccountPermission.ChangeOwn => standing >= Standing.Registered ? null : RoomErrors.NoSuchPerson,
            AccountPermission.DeleteOwn => standing < Standing.Registered ? RoomErrors.NoSuchPerson : IsLastAdministrator(person!) ? LastAdministrator : null,
            _ when standing < Standing.Administrator => AdministratorsOnly,
            AccountPermission.ManageServer or AccountPermission.ReadAudit or AccountPermission.ManageInvitations => null,
            AccountPermission.Invite => options.Value.Registration == Registration.Closed ? NobodyIsInvited : null,
            _ => personId is { } id ? Decide(person!, permission, id) : RoomErrors.NoSuchPerson,
        };
    }

    /// <summary>Whether an operation is allowed, for a page to show it.</summary>
    public bool May(Person? person, AccountPermission permission, Guid? personId = null) => Authorize(person, permission, personId) is null;

    private RoomError? Decide(Person by, AccountPermission permission, Guid personId)
    {
        if (personId == by.Id)
        {
            return IsLastAdministrator(by) ? LastAdministrator : NotOneself;
        }

        var isThere = people.Find(personId) is { } known && permission switch
        {
            AccountPermission.ResetPassword or AccountPermission.Appoint or AccountPermission.Dismiss => known.HasAccount,
            AccountPermission.EndTwoFactor => known.IsTwoFactor,
            AccountPermission.Disable or AccountPermission.Enable => known.Standing != Standing.None,
            AccountPermission.Delete => !known.IsDeleted,
            // A permission without a rule is refused.
            _ => false,
        };
        return isThere ? null : RoomErrors.NoSuchPerson;
    }

    private bool IsLastAdministrator(Person person) =>
        people.StandingOf(person) == Standing.Administrator && !people.People.Any(p => p.StandingNow == Standing.Administrator && p.Id != person.Id);
}
