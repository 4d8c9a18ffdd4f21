using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Text;

namespace BlazorChat.Accounts;

/// <summary>A line of the audit log, for administrators to read.</summary>
/// <param name="At">When.</param>
/// <param name="By">The name that whoever did it has now; null for the server.</param>
/// <param name="What">What was done: the name of a text that comes after the name, with {0} for whom it concerns.</param>
/// <param name="Person">The name that whom it concerned has now; null for nobody, or the same person.</param>
/// <param name="Room">The room that it concerns; null for none.</param>
internal sealed record AuditLine(DateTimeOffset At, string? By, string What, string? Person, AuditedRoom? Room);

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

    /// <summary>The name of the text that says what was done; null for what this version does not know.</summary>
    public static string? WordsOf(AuditEntry entry) => entry.Action switch
    {
        AuditAction.AccountCreated => "Audit_AccountCreated",
        AuditAction.PasswordChanged => "Audit_PasswordChanged",
        AuditAction.PasswordLinkMade => "Audit_PasswordLinkMade",
        AuditAction.PasswordReset => entry.By is null || IsOwn(entry) ? "Audit_PasswordReset" : "Audit_PasswordResetBy",
        AuditAction.SignedOutEverywhere => "Audit_SignedOutEverywhere",
        AuditAction.SignInChanged => "Audit_SignInChanged",
        AuditAction.EmailConfirmed => "Audit_EmailConfirmed",
        AuditAction.TwoFactorOff => IsOwn(entry) ? "Audit_TwoFactorOff" : "Audit_TwoFactorOffOf",
        AuditAction.SignedOutByProvider => "Audit_SignedOutByProvider",
        AuditAction.AdministratorAppointed => "Audit_AdministratorAppointed",
        AuditAction.AdministratorDismissed => "Audit_AdministratorDismissed",
        AuditAction.AccountDisabled => "Audit_AccountDisabled",
        AuditAction.AccountEnabled => "Audit_AccountEnabled",
        AuditAction.AccountDeleted => IsOwn(entry) ? "Audit_AccountDeleted" : "Audit_AccountDeletedOf",
        AuditAction.InvitationMade => "Audit_InvitationMade",
        AuditAction.InvitationRevoked => "Audit_InvitationRevoked",
        AuditAction.MemberSet => IsOwn(entry) ? "Audit_MemberSet" : "Audit_MemberSetOf",
        AuditAction.MemberRemoved => IsOwn(entry) ? "Audit_MemberRemoved" : "Audit_MemberRemovedOf",
        AuditAction.OwnerAppointed => IsOwn(entry) ? "Audit_OwnerAppointed" : "Audit_OwnerAppointedOf",
        AuditAction.AccessChanged => "Audit_AccessChanged",
        AuditAction.InviteMade => "Audit_InviteMade",
        AuditAction.InviteRevoked => "Audit_InviteRevoked",
        AuditAction.RoomCleared => "Audit_RoomCleared",
        AuditAction.RoomDeleted => "Audit_RoomDeleted",
        AuditAction.RoomBroughtBack => "Audit_RoomBroughtBack",
        AuditAction.RoomRemovedForGood => "Audit_RoomRemovedForGood",
        AuditAction.RoomArchived => "Audit_RoomArchived",
        AuditAction.RoomUnarchived => "Audit_RoomUnarchived",
        AuditAction.ApproverNamed => IsOwn(entry) ? "Audit_ApproverNamed" : "Audit_ApproverNamedOther",
        AuditAction.ApproverDismissed => IsOwn(entry) ? "Audit_ApproverDismissed" : "Audit_ApproverDismissedOther",
        AuditAction.TurnRightsChanged => "Audit_TurnRightsChanged",
        AuditAction.ToolAllowed => "Audit_ToolAllowed",
        AuditAction.AdministratorJoined => "Audit_AdministratorJoined",
        AuditAction.ViewerMade => IsOwn(entry) ? "Audit_ViewerMade" : "Audit_ViewerMadeOf",
        AuditAction.MemberMade => IsOwn(entry) ? "Audit_MemberMade" : "Audit_MemberMadeOf",
        AuditAction.OwnerMade => IsOwn(entry) ? "Audit_OwnerMade" : "Audit_OwnerMadeOf",
        AuditAction.InviteUsed => "Audit_InviteUsed",
        AuditAction.HistoryChanged => "Audit_HistoryChanged",
        AuditAction.ToolRevoked => "Audit_ToolRevoked",
        _ => null,
    };

    private static bool IsOwn(AuditEntry entry) => entry.By == entry.PersonId;

    private AuditLine LineOf(AuditEntry entry)
    {
        // Whoever has the link sets the password. Recorded as done by whoever made the link, who answers for it.
        var (by, about) = entry.Action == AuditAction.PasswordReset ? (entry.PersonId, entry.By) : (entry.By, entry.PersonId);
        var person = about is { } whom && !IsOwn(entry) ? NameOf(whom) : null;
        return new AuditLine(
            entry.At, by is { } who ? NameOf(who) : null, WordsOf(entry) ?? (person is null ? "Audit_Unknown" : "Audit_UnknownAbout"), person, entry.RoomId is { } room ? new AuditedRoom(room, rooms.Find(room)?.Name) : null);
    }

    private string NameOf(Guid personId) => directory.NameOf(personId) ?? Names.GonePerson;
}
