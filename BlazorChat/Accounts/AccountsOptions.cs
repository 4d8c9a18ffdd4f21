using System.ComponentModel.DataAnnotations;

namespace BlazorChat.Accounts;

/// <summary>Who may make an account.</summary>
internal enum Registration
{
    /// <summary>Whoever has an invitation.</summary>
    Invitation,

    /// <summary>Everybody.</summary>
    Open,

    /// <summary>Nobody.</summary>
    Closed,
}

/// <summary>Settings of guests and accounts, section <c>Accounts</c>.</summary>
internal sealed class AccountsOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Accounts";

    /// <summary>
    /// Whether people are let in with a name alone; null for the default: only on a server that nobody else can reach and that has no
    /// administrator (see <see cref="GuestRules"/>).
    /// </summary>
    public bool? Guests { get; set; }

    /// <summary>Who may make an account.</summary>
    [EnumDataType(typeof(Registration))]
    public Registration Registration { get; set; }

    /// <summary>How many people can join or register from one network address in a minute, in the long run.</summary>
    [Range(1, 100_000)]
    public int JoinsPerMinute { get; set; } = 60;

    /// <summary>How many can do so at once.</summary>
    [Range(1, 100_000)]
    public int JoinBurst { get; set; } = 300;
}
