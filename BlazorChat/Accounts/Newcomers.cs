using BlazorChat.Access;
using BlazorChat.Languages;
using Microsoft.Extensions.Options;

namespace BlazorChat.Accounts;

/// <summary>How somebody without an account comes to one on this server, in sentences for pages.</summary>
internal sealed class Newcomers(IOptions<AccountsOptions> options, OpenIdProviders providers, PeopleDirectory people)
{
    /// <summary>Whether everybody may make an account.</summary>
    public bool IsOpen => options.Value.Registration == Registration.Open;

    /// <summary>Whether nobody may make one.</summary>
    private bool IsClosed => options.Value.Registration == Registration.Closed;

    // The providers whose people get an account here with their first sign-in.
    private string? Makers(Words words) =>
        words.AnyOf([.. providers.All.Where(p => p.Options.CreateAccounts ?? IsOpen).Select(p => p.DisplayName)]) is { Length: > 0 } names ? names : null;

    /// <summary>How the first administrator comes in, who then invites others.</summary>
    public static string NoAdministrator(Words words) => words["Error_NoAdministrator"];

    /// <summary>How to come in, for somebody who is offered no page to make an account on.</summary>
    /// <param name="words">The language.</param>
    /// <param name="hasInvite">Whether they opened an invite to a room.</param>
    public string WaysIn(Words words, bool hasInvite) =>
        Makers(words) is { } makers ? words["Newcomers_ContinueWith", makers]
        : IsClosed ? words["Newcomers_Closed"]
        : !people.HasAdministrator ? NoAdministrator(words)
        : hasInvite ? words["Newcomers_AskThenInvite"]
        : words["Newcomers_Ask"];

    /// <summary>Whom the link of an invite to a room lets in, for whoever makes it.</summary>
    /// <param name="words">The language.</param>
    /// <param name="makesAccounts">Whether it makes accounts, too.</param>
    public string LetInByLink(Words words, bool makesAccounts = false) =>
        people.LetsGuestsIn ? words["Newcomers_LinkForAll"]
        : IsOpen || makesAccounts ? words["Newcomers_LinkWithAccount"]
        : Makers(words) is { } makers ? words["Newcomers_LinkWithProvider", makers]
        : IsClosed ? words["Newcomers_LinkClosed"]
        : words["Newcomers_LinkInvited"];

    /// <summary>How a guest keeps their messages and rooms on a server that lets guests in no more.</summary>
    /// <param name="words">The language.</param>
    /// <param name="mayRegister">Whether they may make an account without an invitation.</param>
    public string WayToStay(Words words, bool mayRegister) =>
        mayRegister ? words["Newcomers_StayCreate"]
        : IsClosed ? words["Newcomers_StayClosed"]
        : words["Newcomers_StayInvited"];

    /// <summary>Whether somebody may make an account without an invitation.</summary>
    /// <param name="person">Who it is now; null for nobody.</param>
    // Whoever was here before there were accounts.
    public bool MayRegister(KnownPerson? person) => IsOpen || person is { Standing: Standing.Guest, IsFromBefore: true, IsDisabled: false };
}
