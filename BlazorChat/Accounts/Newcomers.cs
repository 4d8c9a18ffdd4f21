using BlazorChat.Access;
using Microsoft.Extensions.Options;

namespace BlazorChat.Accounts;

/// <summary>How somebody without an account comes to one on this server, in sentences for pages.</summary>
internal sealed class Newcomers(IOptions<AccountsOptions> options, OpenIdProviders providers, PeopleDirectory people)
{
    /// <summary>How the first administrator comes in, who then invites others.</summary>
    public const string NoAdministrator =
        "This server has no administrator yet. Whoever runs it finds a link to become one in its log, or makes one with the command “dotnet BlazorChat.dll admin NAME”.";

    /// <summary>Whether everybody may make an account.</summary>
    public bool IsOpen => options.Value.Registration == Registration.Open;

    /// <summary>Whether nobody may make one.</summary>
    private bool IsClosed => options.Value.Registration == Registration.Closed;

    // The providers whose people get an account here with their first sign-in.
    private string? Makers =>
        string.Join(" or ", providers.All.Where(p => p.Options.CreateAccounts ?? IsOpen).Select(p => p.DisplayName)) is { Length: > 0 } names ? names : null;

    /// <summary>How to come in, for somebody who is offered no page to make an account on.</summary>
    /// <param name="hasInvite">Whether they opened an invite to a room.</param>
    public string WaysIn(bool hasInvite) =>
        Makers is { } makers ? $"New here? Continue with {makers}, and you get an account."
        : IsClosed ? "This server takes no new accounts."
        : !people.HasAdministrator ? NoAdministrator
        : hasInvite ? "No account yet? Ask an administrator of this server for an invitation to create one. Then open the link to the room again."
        : "New here? Ask an administrator of this server for an invitation.";

    /// <summary>Whom the link of an invite to a room lets in, for whoever makes it.</summary>
    /// <param name="makesAccounts">Whether it makes accounts, too.</param>
    public string LetInByLink(bool makesAccounts = false) =>
        people.LetsGuestsIn ? "Whoever has the link can come in."
        : IsOpen || makesAccounts ? "Whoever has the link can come in, with the account that they have or create."
        : Makers is { } makers ? $"The link lets in people who have an account on this server, or get one with {makers}."
        : IsClosed ? "The link lets in people who have an account on this server, which takes no new ones."
        : "The link lets in people who have an account on this server. To create one, they first need an invitation from an administrator.";

    /// <summary>How a guest keeps their messages and rooms on a server that lets guests in no more.</summary>
    /// <param name="mayRegister">Whether they may make an account without an invitation.</param>
    public string WayToStay(bool mayRegister) =>
        mayRegister ? "Create an account or sign in; a new account keeps your messages and rooms."
        : IsClosed ? "It takes no new accounts either. If you have one, sign in."
        : "To keep your messages and rooms, ask an administrator for an invitation, and open it in this browser. If you have an account, sign in.";

    /// <summary>Whether somebody may make an account without an invitation.</summary>
    /// <param name="person">Who it is now; null for nobody.</param>
    // Whoever was here before there were accounts.
    public bool MayRegister(KnownPerson? person) => IsOpen || person is { Standing: Standing.Guest, IsFromBefore: true, IsDisabled: false };
}
