using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Text;

namespace BlazorChat.Accounts;

/// <summary>A line of the audit log, for administrators to read.</summary>
/// <param name="At">When.</param>
/// <param name="By">The name that whoever did it has now.</param>
/// <param name="What">What was done.</param>
/// <param name="Person">The name that whom it concerned has now; null for nobody, or the same person.</param>
/// <param name="Room">The room that it concerns; null for none.</param>
internal sealed record AuditLine(DateTimeOffset At, string By, string What, string? Person, AuditedRoom? Room);

/// <summary>A room in the audit log.</summary>
/// <param name="Id">The room's id.</param>
/// <param name="Name">Its name now, which administrators see in the list of all rooms, too; null if the room is gone.</param>
internal sealed record AuditedRoom(Guid Id, string? Name);

/// <summary>Some lines of the audit log, newest first.</summary>
/// <param name="Lines">The lines.</param>
/// <param name="Older">The position before which there are more; null if there are none.</param>
internal sealed record AuditLines(IReadOnlyList<AuditLine> Lines, long? Older);

/// <summary>Reads the audit log for administrators.</summary>
internal sealed class AccountAudit(IAuditLog log, AccountAuthorizer authorizer, PeopleDirectory directory, RoomDirectory rooms)
{
    private const int Shown = 50;

    /// <summary>
    /// What was done, newest first. What anybody can do in rooms of their own is apart from accounts, so that it pushes
    /// nothing out of sight.
    /// </summary>
    /// <param name="by">The administrator.</param>
    /// <param name="ofRooms">Whether what was done about rooms, or about accounts and the server.</param>
    /// <param name="before">Only what came before this position; null for the newest.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public async Task<Result<AuditLines>> ReadAsync(Person by, bool ofRooms, long? before, CancellationToken cancellationToken)
    {
        if (authorizer.Authorize(by, AccountPermission.ReadAudit) is { } no)
        {
            return no;
        }

        var page = await log.ReadAsync(ofRooms, before, Shown, cancellationToken).ConfigureAwait(false);
        return new AuditLines([.. page.Entries.Select(LineOf)], page.Older);
    }

    /// <summary>What was done, in words that come after who did it and before whom it concerns.</summary>
    public static string? WordsOf(AuditEntry entry) => entry.Action switch
    {
        AuditAction.AccountCreated => "created an account",
        AuditAction.PasswordChanged => "changed the password",
        AuditAction.PasswordLinkMade => "made a link to a new password for",
        AuditAction.PasswordReset => entry.By is null || IsOwn(entry) ? "set a new password with a link" : "set a new password with a link from",
        AuditAction.SignedOutEverywhere => "signed out everywhere",
        AuditAction.SignInChanged => "changed how to sign in",
        AuditAction.EmailConfirmed => "confirmed an email address",
        AuditAction.TwoFactorOff => IsOwn(entry) ? "turned off two-factor sign-in" : "turned off the two-factor sign-in of",
        AuditAction.SignedOutByProvider => "was told by an OpenID provider to sign out",
        AuditAction.AdministratorAppointed => "made an administrator of",
        AuditAction.AdministratorDismissed => "dismissed as administrator",
        AuditAction.AccountDisabled => "disabled",
        AuditAction.AccountEnabled => "enabled",
        AuditAction.AccountDeleted => IsOwn(entry) ? "deleted the account" : "deleted the account of",
        AuditAction.InvitationMade => "made an invitation",
        AuditAction.InvitationRevoked => "revoked an invitation",
        AuditAction.MemberSet => IsOwn(entry) ? "came into a room by an invite, or changed their own role" : "set the role of",
        AuditAction.MemberRemoved => IsOwn(entry) ? "left a room" : "removed",
        AuditAction.OwnerAppointed => IsOwn(entry) ? "became an owner of a room as an administrator" : "appointed as owner",
        AuditAction.AccessChanged => "changed who can see a room",
        AuditAction.InviteMade => "made an invite link",
        AuditAction.InviteRevoked => "revoked an invite link",
        AuditAction.RoomCleared => "cleared a room",
        AuditAction.RoomDeleted => "deleted a room",
        AuditAction.RoomBroughtBack => "brought back a room or its messages",
        AuditAction.RoomRemovedForGood => "removed a room or its messages for good",
        AuditAction.RoomArchived => "archived a room",
        AuditAction.RoomUnarchived => "took a room out of the archive",
        AuditAction.ApproverNamed => IsOwn(entry) ? "named themselves as approver" : "named as approver",
        AuditAction.ApproverDismissed => IsOwn(entry) ? "dismissed themselves as approver" : "dismissed as approver",
        AuditAction.TurnRightsChanged => "changed who may do what with answers in a room",
        AuditAction.ToolAllowed => "allowed a tool for a whole room",
        AuditAction.AdministratorJoined => "joined a room as an administrator",
        AuditAction.ViewerMade => IsOwn(entry) ? "made themselves a viewer" : "gave the role of viewer to",
        AuditAction.MemberMade => IsOwn(entry) ? "made themselves a member" : "gave the role of member to",
        AuditAction.OwnerMade => IsOwn(entry) ? "made themselves an owner" : "gave the role of owner to",
        AuditAction.InviteUsed => "came into a room by an invite link",
        AuditAction.HistoryChanged => "changed what newcomers see of a room",
        AuditAction.ToolRevoked => "took back that a tool was allowed for a whole room",
        _ => null,
    };

    private static bool IsOwn(AuditEntry entry) => entry.By == entry.PersonId;

    private AuditLine LineOf(AuditEntry entry)
    {
        // Whoever has the link sets the password. Recorded as done by whoever made the link, who answers for it.
        var (by, person) = entry.Action == AuditAction.PasswordReset ? (entry.PersonId, entry.By) : (entry.By, entry.PersonId);
        return new AuditLine(
            entry.At, by is { } who ? NameOf(who) : "The server", WordsOf(entry) ?? "did something that this version does not know",
            person is { } whom && !IsOwn(entry) ? NameOf(whom) : null, entry.RoomId is { } room ? new AuditedRoom(room, rooms.Find(room)?.Name) : null);
    }

    private string NameOf(Guid personId) => directory.NameOf(personId) ?? Names.GonePerson;
}
