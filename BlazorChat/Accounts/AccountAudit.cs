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
/// <param name="Room">The beginning of the room's id: its name is not for everybody. Null for none.</param>
internal sealed record AuditLine(DateTimeOffset At, string By, string What, string? Person, string? Room);

/// <summary>Some lines of the audit log, newest first.</summary>
/// <param name="Lines">The lines.</param>
/// <param name="Older">The position before which there are more; null if there are none.</param>
internal sealed record AuditLines(IReadOnlyList<AuditLine> Lines, long? Older);

/// <summary>Reads the audit log for administrators.</summary>
internal sealed class AccountAudit(IAuditLog log, AccountAuthorizer authorizer, PeopleDirectory directory)
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
        AuditAction.PasswordReset => "reset the password of",
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
        AuditAction.MemberSet => IsOwn(entry) ? "came into a room by an invite" : "set the role of",
        AuditAction.MemberRemoved => IsOwn(entry) ? "left a room" : "removed from a room",
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
        AuditAction.ToolRevoked => "took back that a tool was allowed for a whole room",
        _ => null,
    };

    private static bool IsOwn(AuditEntry entry) => entry.By == entry.PersonId;

    private AuditLine LineOf(AuditEntry entry) => new(
        entry.At, entry.By is { } by ? NameOf(by) : "The server", WordsOf(entry) ?? "did something that this version does not know",
        entry.PersonId is { } person && !IsOwn(entry) ? NameOf(person) : null, entry.RoomId?.ToString("N")[^8..]);

    private string NameOf(Guid personId) => directory.NameOf(personId) ?? Names.GonePerson;
}
