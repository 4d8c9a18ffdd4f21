namespace BlazorChat.Access;

/// <summary>What was done. The numbers are stored in databases: never renumber.</summary>
internal enum AuditAction
{
    /// <summary>Somebody made an account.</summary>
    AccountCreated = 1,

    /// <summary>Somebody changed their own password.</summary>
    PasswordChanged = 2,

    /// <summary>A link to a new password was made for somebody.</summary>
    PasswordLinkMade = 3,

    /// <summary>Somebody set a new password with a link.</summary>
    PasswordReset = 4,

    /// <summary>Somebody was signed out everywhere.</summary>
    SignedOutEverywhere = 5,

    /// <summary>How somebody signs in was changed in another way: two factors, passkeys, other providers, the address.</summary>
    SignInChanged = 6,

    /// <summary>Somebody confirmed that an address is theirs.</summary>
    EmailConfirmed = 7,

    /// <summary>Two-factor sign-in was turned off, by its owner or by an administrator.</summary>
    TwoFactorOff = 8,

    /// <summary>Sign-ins of somebody ended because their OpenID provider said so.</summary>
    SignedOutByProvider = 9,

    /// <summary>Somebody was made an administrator.</summary>
    AdministratorAppointed = 10,

    /// <summary>Somebody is no administrator any more.</summary>
    AdministratorDismissed = 11,

    /// <summary>An account was disabled.</summary>
    AccountDisabled = 12,

    /// <summary>An account was enabled again.</summary>
    AccountEnabled = 13,

    /// <summary>An account was deleted.</summary>
    AccountDeleted = 14,

    /// <summary>An invitation to this server was made.</summary>
    InvitationMade = 15,

    /// <summary>An invitation to this server was taken back.</summary>
    InvitationRevoked = 16,

    /// <summary>Somebody became a member of a room, or got another role there, in whatever way. Only earlier versions recorded it like this.</summary>
    MemberSet = 20,

    /// <summary>Somebody is no member of a room any more.</summary>
    MemberRemoved = 21,

    /// <summary>An administrator appointed an owner of a room.</summary>
    OwnerAppointed = 22,

    /// <summary>Who can see a room was changed.</summary>
    AccessChanged = 23,

    /// <summary>An invite link to a room was made.</summary>
    InviteMade = 24,

    /// <summary>An invite link to a room was revoked.</summary>
    InviteRevoked = 25,

    /// <summary>A room was cleared.</summary>
    RoomCleared = 26,

    /// <summary>A room was deleted.</summary>
    RoomDeleted = 27,

    /// <summary>A room, or what was cleared in it, was brought back.</summary>
    RoomBroughtBack = 28,

    /// <summary>What had been removed from a room, or the room itself, was removed for good before its time.</summary>
    RoomRemovedForGood = 29,

    /// <summary>A room was archived.</summary>
    RoomArchived = 30,

    /// <summary>An archived room is one like others again.</summary>
    RoomUnarchived = 31,

    /// <summary>Somebody was named to approve tool calls in a room, whoever asked.</summary>
    ApproverNamed = 32,

    /// <summary>Somebody does not approve any more, whoever asked.</summary>
    ApproverDismissed = 33,

    /// <summary>Who may ask, stop, regenerate or approve in a room was changed.</summary>
    TurnRightsChanged = 34,

    /// <summary>A tool was allowed for a whole room.</summary>
    ToolAllowed = 35,

    /// <summary>A tool is not allowed for a whole room any more.</summary>
    ToolRevoked = 36,

    /// <summary>An administrator became a member of a room, as nobody else can.</summary>
    AdministratorJoined = 37,

    /// <summary>Somebody got the role of a viewer in a room.</summary>
    ViewerMade = 38,

    /// <summary>Somebody got the role of a member in a room.</summary>
    MemberMade = 39,

    /// <summary>Somebody got the role of an owner in a room.</summary>
    OwnerMade = 40,

    /// <summary>Somebody came into a room, or got another role there, by an invite link.</summary>
    InviteUsed = 41,

    /// <summary>What newcomers see of a room's history was changed.</summary>
    HistoryChanged = 42,
}

/// <summary>
/// Something that was done about accounts or rights, for administrators to read: who did what to whom, by ids. It has no content of messages,
/// no names, addresses or secrets.
/// </summary>
/// <param name="Action">What was done.</param>
/// <param name="By">Who did it; null for the server, or for whoever had a link.</param>
/// <param name="PersonId">Whom it concerns; null for nobody.</param>
/// <param name="RoomId">The room that it concerns; null for none.</param>
internal sealed record AuditEntry(AuditAction Action, Guid? By, Guid? PersonId, Guid? RoomId = null)
{
    /// <summary>When it was done; the log itself fills it in.</summary>
    public DateTimeOffset At { get; init; }
}

/// <summary>Keeps what was done about accounts and rights, for a time that a setting says.</summary>
internal interface IAuditLog
{
    /// <summary>Records something that has just been done.</summary>
    /// <param name="entry">What was done.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    Task RecordAsync(AuditEntry entry, CancellationToken cancellationToken);

    /// <summary>Entries, newest first.</summary>
    /// <param name="ofRooms">Whether those about rooms, or those about accounts and the server; null for all.</param>
    /// <param name="before">Only what came before this position; null for the newest.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    Task<AuditPage> ReadAsync(bool? ofRooms, long? before, int count, CancellationToken cancellationToken);
}

/// <summary>Some entries of the audit log, newest first.</summary>
/// <param name="Entries">The entries.</param>
/// <param name="Older">The position before which there are more; null if there are none.</param>
internal sealed record AuditPage(IReadOnlyList<AuditEntry> Entries, long? Older);
