using System.Net;
using BlazorChat.Access;
using BlazorChat.Languages;
using BlazorChat.Mail;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Storage;
using BlazorChat.Web;
using Microsoft.Extensions.Options;

namespace BlazorChat.Accounts;

/// <summary>The e-mail address of an account.</summary>
/// <param name="Email">The address; null for none.</param>
/// <param name="IsConfirmed">Whether the person has shown that it is theirs.</param>
internal sealed record AccountAddress(string? Email, bool IsConfirmed);

/// <summary>
/// The mails of accounts: invitations, the check of an address, and links to a new password. Everything that depends on whether somebody exists
/// happens in the background, so that neither the answer nor the time that it takes says anything. A mail to whoever asked for it is in the language
/// of their page; nobody knows which one somebody reads who is invited, so that an invitation is in English.
/// </summary>
internal sealed class AccountMail(
    AccountAdministration administration, OwnProofs proofs, OneTimeLinks links, PeopleStore store, PeopleDirectory directory, AccountAuthorizer authorizer, NameRules names, MailQueue queue, SignInWaits waits,
    IOptions<MailOptions> options, IServiceScopeFactory scopes, ServerLook look, TimeProvider time)
{
    /// <summary>How long the link works that confirms an address.</summary>
    private static readonly TimeSpan CheckLifetime = TimeSpan.FromDays(1);

    private static readonly RoomError NoAddress = new(RoomErrorKind.Invalid, "This is not an email address.");

    /// <summary>Whether this server sends mail.</summary>
    public bool IsOn => queue.IsOn;

    /// <summary>Makes an invitation and mails it.</summary>
    public async Task<RoomError?> InviteAsync(Person by, string? email, CancellationToken cancellationToken)
    {
        if (!EmailAddress.TryRead(email, out var address) || address is null)
        {
            return NoAddress;
        }

        var token = await administration.InviteAsync(by, cancellationToken).ConfigureAwait(false);
        if (token.Error is { } error)
        {
            return error;
        }

        var words = Words.English;
        Send(
            address, words["Mail_Invitation", look.Name], AccountLinks.InvitationLifetime,
            words["Mail_InvitationWhy", by.Name], AccountLinks.Invitation(token.Value), words["Mail_InvitationThen"]);
        return null;
    }

    /// <summary>Changes the address of somebody's account, and mails a link that confirms it.</summary>
    /// <param name="person">Who.</param>
    /// <param name="password">Their password, if they have one: whoever has the address can set a new one.</param>
    /// <param name="email">The address; null or empty for none.</param>
    /// <param name="words">The language of the mails.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public async Task<RoomError?> ChangeAddressAsync(Person person, string? password, string? email, Words words, CancellationToken cancellationToken)
    {
        if (!EmailAddress.TryRead(email, out var address))
        {
            return NoAddress;
        }

        // Mails to any address, bounded like attempts to sign in. Not by the address, whose owner others could hold up, or find out about.
        if (address is not null && waits.Begin($"mail\n{person.Id:N}", null, browser: null) is { } wait)
        {
            return wait;
        }

        if ((await proofs.ProveAsync(person, password, cancellationToken).ConfigureAwait(false)).Error is { } no)
        {
            return no;
        }

        var token = "";
        string? before = null;
        var error = await store.ChangeAsync(async change =>
        {
            if (!authorizer.May(person, AccountPermission.ChangeOwn) || await change.FindAsync(person.Id).ConfigureAwait(false) is not { } row)
            {
                return RoomErrors.NoSuchPerson;
            }

            before = row.EmailConfirmedAt is null || row.EmailKey == names.NormalizeEmail(address) ? null : row.Email;
            if (row.EmailKey != names.NormalizeEmail(address))
            {
                row.EmailConfirmedAt = null;
            }

            (row.Email, row.EmailKey) = (address, names.NormalizeEmail(address));
            // Links to an earlier address say nothing about this one, and reset no password any more.
            await change.RemoveLinksAsync(OneTimeLinkKind.Address, person.Id).ConfigureAwait(false);
            await change.RemoveResetsAsync(person.Id).ConfigureAwait(false);
            if (address is not null)
            {
                token = links.Add(change, OneTimeLinkKind.Address, person.Id, by: null, CheckLifetime);
            }

            change.Record(new AuditEntry(AuditAction.SignInChanged, person.Id, person.Id), time.GetUtcNow());
            return null;
        }, cancellationToken).ConfigureAwait(false);
        if (error is not null)
        {
            return error;
        }

        if (address is not null)
        {
            Send(
                address, words["Mail_Confirm"], CheckLifetime, words["Mail_ConfirmWhy", person.Name], AccountLinks.Address(token), words["Mail_ConfirmThen"]);
        }

        if (before is not null)
        {
            queue.Send(new OutgoingMail(
                before, words["Mail_Changed"], $"{words["Mail_ChangedWhat", person.Name]}\n\n{words["Mail_ChangedThen"]}\n", time.GetUtcNow() + CheckLifetime));
        }

        return null;
    }

    /// <summary>Whose address a link confirms; null if it is no such link. Looking changes nothing.</summary>
    public async Task<string?> FindAddressAsync(string? token, CancellationToken cancellationToken) =>
        await links.FindAsync(token, cancellationToken).ConfigureAwait(false) is { Kind: OneTimeLinkKind.Address, PersonId: { } id } ? directory.NameOf(id) : null;

    /// <summary>Confirms an address with a link.</summary>
    public Task<RoomError?> ConfirmAddressAsync(string? token, CancellationToken cancellationToken) => store.ChangeAsync(async change =>
    {
        if (await links.FindAsync(change, token).ConfigureAwait(false) is not { Kind: OneTimeLinkKind.Address, PersonId: { } id } link
            || await change.FindAsync(id).ConfigureAwait(false) is not { Email: not null } row)
        {
            return OneTimeLinks.UsedUp;
        }

        var now = time.GetUtcNow();
        change.Remove(link);
        row.EmailConfirmedAt = now;
        change.Record(new AuditEntry(AuditAction.EmailConfirmed, id, id), now);
        return null;
    }, cancellationToken);

    /// <summary>
    /// Mails a link to a new password to everybody who has confirmed this address. Says the same, and does the same before it answers, whether
    /// there is somebody or not.
    /// </summary>
    /// <param name="email">The address.</param>
    /// <param name="from">Where the request comes from.</param>
    /// <param name="words">The language of the mails.</param>
    /// <returns>Why not, if it is no address or there were too many requests; null otherwise.</returns>
    public RoomError? RequestReset(string? email, IPAddress? from, Words words)
    {
        if (!EmailAddress.TryRead(email, out var address) || address is null)
        {
            return NoAddress;
        }

        // Each request counts like a failed sign-in, for this address from there: others elsewhere hold nobody up who wants a password.
        if (waits.Begin($"{KeyOf(address)}\n{PersonAddresses.KeyOf(from)}", from, browser: null) is { } wait)
        {
            return wait;
        }

        queue.Run(async cancellationToken =>
        {
            var scope = scopes.CreateAsyncScope();
            await using (scope.ConfigureAwait(false))
            {
                await scope.ServiceProvider.GetRequiredService<AccountMail>().MailResetsAsync(address, words, cancellationToken).ConfigureAwait(false);
            }
        });
        return null;
    }

    /// <summary>The address of somebody's account, for themselves.</summary>
    public async Task<AccountAddress?> ReadAddressAsync(Person person, CancellationToken cancellationToken) =>
        authorizer.May(person, AccountPermission.ChangeOwn) && await store.FindAsync(person.Id, cancellationToken).ConfigureAwait(false) is { } row
            ? new AccountAddress(row.Email, row.EmailConfirmedAt is not null)
            : null;

    // No name has a line break.
    private string KeyOf(string address) => $"mail\n{names.NormalizeEmail(address)}";

    private async Task MailResetsAsync(string address, Words words, CancellationToken cancellationToken)
    {
        // Nobody's mailbox is flooded, however many ask from wherever. The links of the mails that have come work on.
        if (waits.Begin(KeyOf(address), null, browser: null) is not null)
        {
            return;
        }

        var key = names.NormalizeEmail(address)!;
        var found = await store.ChangeAsync(async change =>
        {
            List<(string Name, string Email, string Token)> mails = [];
            foreach (var row in await change.FindByEmailAsync(key).ConfigureAwait(false))
            {
                if (row is { EmailConfirmedAt: not null, Email: { } to, IsDisabled: false, Standing: >= Standing.Registered })
                {
                    // Those of earlier mails work on, or others could void them by asking again and again.
                    var token = links.Add(change, OneTimeLinkKind.MailedPassword, row.Id, by: null, AccountLinks.ResetLifetime);
                    change.Record(new AuditEntry(AuditAction.PasswordLinkMade, null, row.Id), time.GetUtcNow());
                    mails.Add((row.Name, to, token));
                }
            }

            return mails;
        }, cancellationToken).ConfigureAwait(false);
        foreach (var (name, to, token) in found)
        {
            Send(
                to, words["Mail_Password", look.Name], AccountLinks.ResetLifetime, words["Mail_PasswordWhy", name], AccountLinks.Reset(token), words["Mail_PasswordThen"]);
        }
    }

    private void Send(string to, string subject, TimeSpan lifetime, string why, string path, string then)
    {
        if (!IsOn)
        {
            return;
        }

        var address = new Uri(new Uri(options.Value.PublicAddress!.TrimEnd('/') + "/"), path);
        queue.Send(new OutgoingMail(to, subject, $"{why}\n\n{address}\n\n{then}\n", time.GetUtcNow() + lifetime));
    }
}
