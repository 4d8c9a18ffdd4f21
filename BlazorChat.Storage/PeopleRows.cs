using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Text;

namespace BlazorChat.Storage;

/// <summary>Somebody with a name: a guest, or an account with what ASP.NET Core Identity needs of it.</summary>
internal sealed class PersonRow
{
    public required Guid Id { get; set; }

    public required string Name { get; set; }

    /// <summary>The key under which the name is unique; null for somebody who has given it up.</summary>
    public string? NameKey { get; set; }

    /// <summary>None for a guest who has left.</summary>
    public Standing Standing { get; set; }

    public bool IsDisabled { get; set; }

    /// <summary>Whether the server changed the name because somebody else has it.</summary>
    public bool IsRenamed { get; set; }

    /// <summary>Whether the cookie is from before there were accounts.</summary>
    public bool IsFromBefore { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>To the day.</summary>
    public DateTimeOffset SeenAt { get; set; }

    public string? Email { get; set; }

    public string? EmailKey { get; set; }

    /// <summary>Null for guests, and for an account whose password was never set.</summary>
    public string? PasswordHash { get; set; }

    public string? SecurityStamp { get; set; }

    /// <summary>Whether a password alone does not sign them in.</summary>
    public bool IsTwoFactor { get; set; }

    /// <summary>The key of the authenticator app, protected.</summary>
    public string? AuthenticatorKey { get; set; }

    /// <summary>The recovery codes that are left, as hashes.</summary>
    public string? RecoveryCodes { get; set; }

    /// <summary>The codes that were used in the last minutes, with the times.</summary>
    public string? UsedCodes { get; set; }

    /// <summary>Whether an administrator turned two-factor sign-in off, which they have not confirmed to have read.</summary>
    public bool IsTwoFactorEnded { get; set; }

    /// <summary>
    /// The OpenID provider whose group makes them an administrator; null if people of this server did. It stays when the group ends, and when the
    /// account is deleted: with the last administrator, nothing else says that the server is not a new one.
    /// </summary>
    public string? AdministratorBy { get; set; }

    /// <summary>The OpenID provider from which the account came, and with whose sign-ins its others end; null for an account of this server's own.</summary>
    public string? AccountBy { get; set; }

    public string? ConcurrencyStamp { get; set; }

    /// <summary>When the person showed that the address is theirs; null if they have not.</summary>
    public DateTimeOffset? EmailConfirmedAt { get; set; }

    /// <summary>When the password was set with a link, until the person has been told; null otherwise.</summary>
    public DateTimeOffset? PasswordResetAt { get; set; }

    /// <summary>Whether that link came by mail.</summary>
    public bool PasswordResetByMail { get; set; }

    /// <summary>When the account was deleted; null for all others.</summary>
    public DateTimeOffset? DeletedAt { get; set; }

    /// <summary>The name of somebody who was deleted, until no message has it any more.</summary>
    public string? FormerName { get; set; }

    /// <summary>What is left to do with the messages of somebody who was deleted.</summary>
    public MessagesOfDeleted Messages { get; set; }

    public KnownPerson ToPerson() =>
        new(Id, Name, NameKey, Standing, SeenAt) { LooksKey = NameKey is not null && NameKeys.OfLooks(Name) is var looks && looks != NameKey ? looks : null, AccountBy = AccountBy, IsAdministratorByGroup = AdministratorBy is not null, IsDisabled = IsDisabled, IsRenamed = IsRenamed, IsFromBefore = IsFromBefore, IsTwoFactor = IsTwoFactor, IsTwoFactorEnded = IsTwoFactorEnded, IsDeleted = DeletedAt is not null, Messages = Messages, PasswordReset = PasswordResetAt is { } at ? new PasswordReset(at, PasswordResetByMail) : null };

    /// <summary>Leaves nothing but the id, and what is needed until no message has the name any more (see also <see cref="AdministratorBy"/>).</summary>
    public void SetDeleted(MessagesOfDeleted messages, DateTimeOffset now)
    {
        (FormerName, Name, NameKey) = (Name, Names.GonePerson, null);
        (Standing, IsDisabled, IsRenamed, IsFromBefore) = (Standing.None, false, false, false);
        (Email, EmailKey, EmailConfirmedAt, PasswordHash, SecurityStamp, PasswordResetAt) = (null, null, null, null, null, null);
        (IsTwoFactor, AuthenticatorKey, RecoveryCodes, UsedCodes, IsTwoFactorEnded) = (false, null, null, null, false);
        (AccountBy, DeletedAt, SeenAt, Messages) = (null, now, now, messages);
    }
}

/// <summary>A browser in which somebody is signed in.</summary>
internal sealed class SessionRow
{
    public required Guid Id { get; set; }

    public required Guid PersonId { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>To the day.</summary>
    public DateTimeOffset SeenAt { get; set; }

    /// <summary>The OpenID provider that confirmed who it is; null for a password, a passkey or a guest.</summary>
    public string? Provider { get; set; }

    /// <summary>The provider's own session, as its logout tokens name it.</summary>
    public string? ProviderSession { get; set; }

    /// <summary>What the provider is asked with whether the sign-in still holds, protected.</summary>
    public string? RefreshToken { get; set; }

    /// <summary>When the provider confirmed the sign-in last.</summary>
    public DateTimeOffset? CheckedAt { get; set; }

    public KnownSession ToSession() => new(Id, PersonId, SeenAt) { Provider = Provider, CheckedAt = CheckedAt };
}

/// <summary>An account of an OpenID provider with which somebody signs in.</summary>
internal sealed class ExternalLoginRow
{
    public required string Provider { get; set; }

    /// <summary>The provider's id for the account, which it never gives to another one.</summary>
    public required string Subject { get; set; }

    public required Guid PersonId { get; set; }

    /// <summary>What the account is called there: a name or an address.</summary>
    public string? Label { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
}

/// <summary>A role in a room that somebody has by a provider's group, and loses with it.</summary>
internal sealed class GroupRoleRow
{
    public required Guid PersonId { get; set; }

    public required string Provider { get; set; }

    public required Guid RoomId { get; set; }

    public RoomRole Role { get; set; }
}

/// <summary>A passkey with which somebody signs in.</summary>
internal sealed class PasskeyRow
{
    /// <summary>The credential's id, as base64url.</summary>
    public required string Id { get; set; }

    public required Guid PersonId { get; set; }

    public required string Name { get; set; }

    public required byte[] PublicKey { get; set; }

    /// <summary>How often it was used, as far as it counts: a lower number is a copy's.</summary>
    public long SignCount { get; set; }

    /// <summary>How it is reached, separated by commas.</summary>
    public string Transports { get; set; } = "";

    public bool IsUserVerified { get; set; }

    public bool IsBackupEligible { get; set; }

    public bool IsBackedUp { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>Notes what a use of it says.</summary>
    public void Set(uint signCount, bool isUserVerified, bool isBackedUp) => (SignCount, IsUserVerified, IsBackedUp) = (signCount, isUserVerified, isBackedUp);
}

/// <summary>What a one-time link is for. Stored as numbers: never renumber.</summary>
internal enum OneTimeLinkKind
{
    /// <summary>Whoever has it may register.</summary>
    Invitation = 0,

    /// <summary>Whoever has it becomes an administrator.</summary>
    Administrator = 1,

    /// <summary>Sets a person's password.</summary>
    Password = 2,

    /// <summary>The same, mailed to the person.</summary>
    MailedPassword = 3,

    /// <summary>Confirms that a person's e-mail address is theirs.</summary>
    Address = 4,
}

/// <summary>A link that works once.</summary>
internal sealed class OneTimeLinkRow
{
    public required Guid Id { get; set; }

    /// <summary>SHA-256 of the token, as hexadecimal digits: the token itself is never stored.</summary>
    public required string TokenHash { get; set; }

    public OneTimeLinkKind Kind { get; set; }

    /// <summary>Whose password it sets.</summary>
    public Guid? PersonId { get; set; }

    /// <summary>Who made it; null for the server.</summary>
    public Guid? CreatedById { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }
}
