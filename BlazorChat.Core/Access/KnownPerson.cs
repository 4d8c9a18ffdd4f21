using BlazorChat.Messages;

namespace BlazorChat.Access;

/// <summary>A person of this server, a guest or an account, as the directory keeps them in memory.</summary>
/// <param name="Id">The id under which their messages and rooms are stored.</param>
/// <param name="Name">Their name.</param>
/// <param name="NameKey">The key under which the name is unique; null if they have given it up.</param>
/// <param name="Standing">What they are, unless disabled.</param>
/// <param name="SeenAt">When they were last here, to the day.</param>
internal sealed record KnownPerson(Guid Id, string Name, string? NameKey, Standing Standing, DateTimeOffset SeenAt)
{
    /// <summary>The key of what the name looks like as it is written; null if it is the same.</summary>
    public string? LooksKey { get; init; }

    /// <summary>The OpenID provider from which the account came, and with whose sign-ins its others end; null for an account of this server's own.</summary>
    public string? AccountBy { get; init; }

    /// <summary>Whether a provider's group has made them an administrator, even if it does not any more.</summary>
    public bool IsAdministratorByGroup { get; init; }

    /// <summary>Whether an administrator has switched the account off.</summary>
    public bool IsDisabled { get; init; }

    /// <summary>Whether the server changed their name because somebody else has it.</summary>
    public bool IsRenamed { get; init; }

    /// <summary>Whether they had a cookie before there were accounts. They may register whatever the settings say.</summary>
    public bool IsFromBefore { get; init; }

    /// <summary>Whether the account was deleted. Its id stays known for as long as a cookie with it can exist, so that nobody comes back with one.</summary>
    public bool IsDeleted { get; init; }

    /// <summary>What is left to do with the messages of somebody who was deleted.</summary>
    public MessagesOfDeleted Messages { get; init; }

    /// <summary>When the password was set with a link, until the person has been told; null otherwise.</summary>
    public PasswordReset? PasswordReset { get; init; }

    /// <summary>Whether a password alone does not sign them in.</summary>
    public bool IsTwoFactor { get; init; }

    /// <summary>Whether an administrator turned two-factor sign-in off, which they have not confirmed to have read.</summary>
    public bool IsTwoFactorEnded { get; init; }

    /// <summary>Whether they have an account.</summary>
    public bool HasAccount => Standing >= Standing.Registered;

    /// <summary>What they are now.</summary>
    public Standing StandingNow => IsDisabled ? Standing.None : Standing;
}

/// <summary>A password that was set with a link.</summary>
/// <param name="At">When.</param>
/// <param name="IsByMail">Whether the link came by mail; otherwise an administrator made it.</param>
internal sealed record PasswordReset(DateTimeOffset At, bool IsByMail);

/// <summary>A browser in which somebody is signed in. Its cookie names it.</summary>
/// <param name="Id">The session's id. That of a cookie from before there were sessions is its person's id.</param>
/// <param name="PersonId">The person.</param>
/// <param name="SeenAt">When it was last used, to the day.</param>
internal sealed record KnownSession(Guid Id, Guid PersonId, DateTimeOffset SeenAt)
{
    /// <summary>How long a session lasts without a visit; so long does its cookie.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(180);

    /// <summary>The OpenID provider that confirmed who it is; null for a password, a passkey or a guest.</summary>
    public string? Provider { get; init; }

    /// <summary>When the provider confirmed the sign-in last.</summary>
    public DateTimeOffset? CheckedAt { get; init; }

    /// <summary>When it ends without another visit.</summary>
    public DateTimeOffset EndsAt => SeenAt + Lifetime;
}

/// <summary>Why a session ended, for its pages to say.</summary>
internal enum SessionEnd
{
    /// <summary>They signed out, or an account was changed.</summary>
    SignedOut,

    /// <summary>It was not used for long.</summary>
    Aged,

    /// <summary>The OpenID provider does not confirm it any more.</summary>
    Provider,
}

/// <summary>What a stored change means for the directory.</summary>
/// <param name="People">The people who are new or have changed.</param>
/// <param name="Gone">The people who were deleted.</param>
/// <param name="Sessions">The sessions that are new or were used.</param>
/// <param name="Ended">The sessions that have ended.</param>
internal sealed record PeopleChanged(
    IReadOnlyCollection<KnownPerson> People, IReadOnlyCollection<Guid> Gone, IReadOnlyCollection<KnownSession> Sessions, IReadOnlyCollection<KnownSession> Ended)
{
    /// <summary>Why the sessions have ended.</summary>
    public SessionEnd Why { get; init; }
}
