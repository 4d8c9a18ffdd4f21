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
        new(Id, Name, NameKey, Standing, SeenAt) { IsDisabled = IsDisabled, IsRenamed = IsRenamed, IsFromBefore = IsFromBefore, IsDeleted = DeletedAt is not null, Messages = Messages, PasswordReset = PasswordResetAt is { } at ? new PasswordReset(at, PasswordResetByMail) : null };

    /// <summary>Leaves nothing but the id, and what is needed until no message has the name any more.</summary>
    public void SetDeleted(MessagesOfDeleted messages, DateTimeOffset now)
    {
        (FormerName, Name, NameKey) = (Name, Names.GonePerson, null);
        (Standing, IsDisabled, IsRenamed, IsFromBefore) = (Standing.None, false, false, false);
        (Email, EmailKey, EmailConfirmedAt, PasswordHash, SecurityStamp, PasswordResetAt) = (null, null, null, null, null, null);
        (DeletedAt, SeenAt, Messages) = (now, now, messages);
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

    public KnownSession ToSession() => new(Id, PersonId, SeenAt);
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
