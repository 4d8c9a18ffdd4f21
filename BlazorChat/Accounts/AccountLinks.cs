namespace BlazorChat.Accounts;

/// <summary>The addresses of the pages of accounts, and what bounds them.</summary>
internal static class AccountLinks
{
    /// <summary>
    /// The Cache-Control header of pages with links and forms of accounts: nobody after them finds such a page by going back. With "no-cache",
    /// which the antiforgery token wants to see, or it would log a warning for each page.
    /// </summary>
    public const string NotKept = "no-cache, no-store";

    /// <summary>The longest password: more would only cost time.</summary>
    public const int PasswordLength = 256;

    /// <summary>The shortest password.</summary>
    public const int ShortestPassword = 10;

    /// <summary>How many different characters a password has at least.</summary>
    public const int DifferentCharacters = 4;

    /// <summary>The code of Identity's error about a password that is too long.</summary>
    public const string PasswordTooLong = nameof(PasswordTooLong);

    /// <summary>The most browsers in which one account is signed in; one more ends the oldest session.</summary>
    public const int MostSessions = 100;

    /// <summary>The most invitations that nobody has used yet.</summary>
    public const int MostInvitations = 500;

    /// <summary>How long an invitation works.</summary>
    public static readonly TimeSpan InvitationLifetime = TimeSpan.FromDays(7);

    /// <summary>How long a link works that sets a password.</summary>
    public static readonly TimeSpan ResetLifetime = TimeSpan.FromHours(1);

    /// <summary>How long the first administrator's link works: until it is used or the next start.</summary>
    public static readonly TimeSpan FirstLifetime = TimeSpan.FromDays(3650);

    /// <summary>The address of an invitation, below the base of all pages.</summary>
    public static string Invitation(string token) => $"account/create?invitation={token}";

    /// <summary>The address at which an e-mail address is confirmed, below the base of all pages.</summary>
    public static string Address(string token) => $"account/address?token={token}";

    /// <summary>The address at which a password is set, below the base of all pages.</summary>
    public static string Reset(string token) => $"account/password?token={token}";
}
