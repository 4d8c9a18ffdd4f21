using System.Buffers;
using System.Net;
using System.Text.RegularExpressions;
using System.Threading.Channels;
using BlazorChat.Access;
using BlazorChat.Accounts;
using BlazorChat.Languages;
using BlazorChat.Mail;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;
using SmtpServer;
using SmtpServer.Authentication;
using SmtpServer.Protocol;
using SmtpServer.Storage;

namespace BlazorChat.Tests.Accounts;

/// <summary>Mails over a real mail server: what is in them, and that nobody learns from them or by them who has an account.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed partial class MailTests : IAsyncLifetime
{
    private const string Password = AccountHost.Password;

    private readonly MailServer _server = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    [Fact]
    public async Task An_address_is_confirmed_by_a_link_that_looking_at_does_not_use_up_and_then_a_new_password_comes_by_mail()
    {
        await using var host = await StartAsync();
        var olga = await host.AdministratorAsync();
        Assert.Contains("not confirmed", (await olga.SendAsync("/account", "change-address", ("Email", "olga@example.com"), ("AddressPassword", Password))).Text, StringComparison.Ordinal);
        var check = await _server.NextAsync();
        Assert.Equal(("olga@example.com", "chat@example.com"), (check.To.Mailboxes.Single().Address, check.From.Mailboxes.Single().Address));
        var link = LinkIn(check);
        Assert.StartsWith("/account/address?token=", link, StringComparison.Ordinal);

        // Nobody has shown yet that it is theirs.
        await AskAsync(host, "olga@example.com");
        Assert.Contains("the address of the account", await host.Browser().ReadAsync(link), StringComparison.Ordinal);
        Assert.Contains("is confirmed", (await host.Browser().SendAsync(link, "confirm-address")).Text, StringComparison.Ordinal);
        Assert.Contains("has been used", await host.Browser().ReadAsync(link), StringComparison.Ordinal);

        await AskAsync(host, "OLGA@example.com");
        var reset = await _server.NextAsync();
        Assert.Equal("A new password for BlazorChat", reset.Subject);
        var browser = host.Browser();
        Assert.Equal(HttpStatusCode.Redirect, (await browser.SendAsync(LinkIn(reset), "set-password", ("Password", "another good password"))).Status);
        Assert.True(await AccountHost.IsInAsync(browser));
        Assert.False(await AccountHost.IsInAsync(olga));
        Assert.Contains("has been used", await host.Browser().ReadAsync(LinkIn(reset)), StringComparison.Ordinal);
        // The owner of the account is told.
        Assert.True(host.Find("Olga").PasswordReset is { IsByMail: true });
        Assert.Contains("that was mailed to you", await browser.ReadAsync("/account"), StringComparison.Ordinal);
        await browser.SendAsync("/account", "password-reset-read");
        Assert.Null(host.Find("Olga").PasswordReset);

        // In the language of the page where it was asked for.
        var german = host.Browser();
        german.Headers.AcceptLanguage.ParseAdd("de");
        Assert.Contains("ist ein Link für ein neues Passwort unterwegs", (await german.SendAsync("/account/forgot", "forgot-password", ("Email", "olga@example.com"))).Text, StringComparison.Ordinal);
        var mail = await _server.NextAsync();
        Assert.Equal("Ein neues Passwort für BlazorChat", mail.Subject);
        Assert.StartsWith("Jemand hat um ein neues Passwort für das Konto Olga gebeten.", mail.TextBody, StringComparison.Ordinal);
        Assert.False(_server.HasMore);
    }

    [Fact]
    public async Task A_mailed_password_ends_old_sign_ins_and_still_takes_the_second_step_after_which_its_owner_is_told()
    {
        await using var host = await StartAsync();
        var olga = await ConfirmedAsync(host);
        var begun = (await olga.SendAsync("/account", "two-factor-begin", ("Act", "begin"))).Text;
        var app = AuthenticatorApp.Scan(begun);
        await olga.PostAsync("/account", begun, "two-factor-confirm", ("Code", app.Code()), ("Password", Password));
        Assert.True(host.Find("Olga").IsTwoFactor);
        await AskAsync(host, "olga@example.com");
        var reset = LinkIn(await _server.NextAsync());

        // Whoever reads the mail has no more than a password, and signs nobody in with it.
        const string next = "another good password";
        var thief = host.Browser();
        var set = await thief.SendAsync(reset, "set-password", ("Password", next));
        Assert.Equal("/account/code?returnUrl=%2F", set.Response.Headers.Location?.OriginalString);
        Assert.False(await AccountHost.IsInAsync(thief));
        Assert.Contains("This code is wrong", (await thief.SendAsync("/account/code", "code", ("Code", app.Code()))).Text, StringComparison.Ordinal);
        Assert.False(await AccountHost.IsInAsync(thief));
        Assert.False(await AccountHost.IsInAsync(olga));
        Assert.Contains("has been used", await host.Browser().ReadAsync(reset), StringComparison.Ordinal);
        Assert.Contains("password is wrong", (await olga.SignInAsync("Olga", Password)).Text, StringComparison.Ordinal);

        Assert.Equal("/account/code?returnUrl=%2F", (await olga.SignInAsync("Olga", next)).Response.Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.Redirect, (await olga.SendAsync("/account/code", "code", ("Code", app.Code(1)))).Status);
        Assert.True(await AccountHost.IsInAsync(olga));
        Assert.Contains("Your password was set with a link that was mailed to you", await olga.ReadAsync("/account"), StringComparison.Ordinal);
        Assert.Contains("recovery codes left", await olga.ReadAsync("/account"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_works_for_an_hour_and_so_does_the_next_one_until_one_is_used()
    {
        await using var host = await StartAsync();
        await ConfirmedAsync(host);
        await AskAsync(host, "olga@example.com");
        var first = LinkIn(await _server.NextAsync());
        await AskAsync(host, "olga@example.com");
        var second = LinkIn(await _server.NextAsync());
        host.Time.Advance(TimeSpan.FromMinutes(59));
        Assert.DoesNotContain("has been used", await host.Browser().ReadAsync(first), StringComparison.Ordinal);
        Assert.DoesNotContain("has been used", await host.Browser().ReadAsync(second), StringComparison.Ordinal);
        host.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Contains("has been used", await host.Browser().ReadAsync(second), StringComparison.Ordinal);

        await AskAsync(host, "olga@example.com");
        await AskAsync(host, "olga@example.com");
        var (third, fourth) = (LinkIn(await _server.NextAsync()), LinkIn(await _server.NextAsync()));
        Assert.Equal(HttpStatusCode.Redirect, (await host.Browser().SendAsync(third, "set-password", ("Password", "another good password"))).Status);
        Assert.Contains("has been used", await host.Browser().ReadAsync(fourth), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_asks_again_and_again_neither_holds_up_the_owner_nor_voids_the_links_nor_floods_the_mailbox()
    {
        await using var host = await StartAsync();
        await ConfirmedAsync(host);
        var refused = 0;
        while (Request("192.0.2.1") is null)
        {
            refused++;
        }

        Assert.Equal(5, refused);
        Assert.All(Enumerable.Range(2, 20), i => Assert.Null(Request($"192.0.2.{i}")));
        var all = new TaskCompletionSource();
        host.Chat.App.Services.GetRequiredService<MailQueue>().Run(_ =>
        {
            all.SetResult();
            return Task.CompletedTask;
        });
        await all.Task.Soon();
        List<string> links = [];
        for (var i = 0; i < 5; i++)
        {
            links.Add(LinkIn(await _server.NextAsync()));
        }

        foreach (var link in links)
        {
            Assert.DoesNotContain("has been used", await host.Browser().ReadAsync(link), StringComparison.Ordinal);
        }

        host.Time.Advance(TimeSpan.FromHours(1));
        Assert.Null(Request("192.0.2.99"));
        Assert.DoesNotContain(LinkIn(await _server.NextAsync()), links);
        Assert.False(_server.HasMore);

        RoomError? Request(string from)
        {
            using var scope = host.Chat.App.Services.CreateScope();
            return scope.ServiceProvider.GetRequiredService<AccountMail>().RequestReset("olga@example.com", IPAddress.Parse(from), Words.English);
        }
    }

    [Fact]
    public async Task Everybody_who_asks_for_a_password_gets_the_same_page_whoever_they_ask_for_and_whatever_the_mail_server_does()
    {
        await using var host = await StartAsync();
        await ConfirmedAsync(host);
        _server.IsBroken = true;
        var known = await AskAsync(host, "olga@example.com");
        var unknown = await AskAsync(host, "nobody@example.com");
        Assert.Equal(Plain(known), Plain(unknown));
        await _server.RefusedAsync();

        // It is tried again.
        _server.IsBroken = false;
        await host.Time.WaitForTimerAsync(due => due == TimeSpan.FromSeconds(5));
        host.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("A new password for BlazorChat", (await _server.NextAsync()).Subject);

        // Too many requests for one address wait, whether somebody has it or not.
        foreach (var address in new[] { "olga@example.com", "nobody@example.com" })
        {
            HttpResponseMessage response;
            var requests = 1;
            do
            {
                response = (await host.Browser().SendAsync("/account/forgot", "forgot-password", ("Email", address))).Response;
                requests++;
            }
            while (response.StatusCode == HttpStatusCode.OK && requests < 20);
            Assert.Equal((HttpStatusCode.TooManyRequests, 6), (response.StatusCode, requests));
            Assert.NotNull(response.Headers.RetryAfter);
        }

        // Neither log says anything about whom it was for.
        Assert.DoesNotContain(host.Log.Lines, l => l.Text.Contains("olga@example.com", StringComparison.OrdinalIgnoreCase) || l.Text.Contains("token=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_invitation_comes_by_mail_with_the_address_from_the_settings_whatever_the_request_says()
    {
        await using var host = await StartAsync();
        var olga = await host.AdministratorAsync();
        Assert.Contains("on its way", (await olga.SendAsync("/people", "invite-by-mail", ("InviteEmail", "grace@example.com"))).Text, StringComparison.Ordinal);
        var mail = await _server.NextAsync();
        Assert.Contains("https://chat.example.com/base/account/create?invitation=", mail.TextBody, StringComparison.Ordinal);
        await AccountHost.CreateAsync(host.Browser(), LinkIn(mail), "Grace");
        Assert.Equal(Standing.Registered, host.Find("Grace").Standing);
    }

    [Fact]
    public async Task A_server_that_does_not_encrypt_gets_nothing_unless_the_settings_say_so()
    {
        await using var host = await StartAsync("--Mail:Security=StartTls");
        var olga = await host.AdministratorAsync();
        await olga.SendAsync("/people", "invite-by-mail", ("InviteEmail", "grace@example.com"));
        await host.Time.WaitForTimerAsync(due => due == TimeSpan.FromSeconds(5));
        Assert.False(_server.HasMore);
        Assert.Contains(host.Log.Lines, l => l.Text.Contains("could not be sent", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Whoever_gives_the_address_of_another_account_is_answered_as_with_one_that_nobody_has_and_takes_nothing_by_it()
    {
        await using var host = await StartAsync("--Accounts:Registration=Open");
        await ConfirmedAsync(host);
        // Registering with it.
        var made = new List<(HttpStatusCode Status, string? Location, string Text)>();
        var browsers = new Dictionary<string, FormBrowser>(StringComparer.Ordinal);
        foreach (var (name, address) in new[] { ("Grace", "free@example.com"), ("Linus", "Olga@example.com") })
        {
            var browser = browsers[name] = host.Browser();
            var (status, text, response) = await browser.SendAsync("/account/create", "create-account", ("Name", name), ("Password", Password), ("Email", address));
            made.Add((status, response.Headers.Location?.OriginalString, Shown(text, name, address)));
        }

        Assert.Equal(HttpStatusCode.Redirect, made[0].Status);
        Assert.Equal(made[0], made[1]);
        Assert.Equal(Shown(await browsers["Grace"].ReadAsync("/account"), "Grace", "free@example.com"), Shown(await browsers["Linus"].ReadAsync("/account"), "Linus", "Olga@example.com"));

        // Changing to it.
        var changed = new List<string>();
        var mails = new List<(string?, string)>();
        foreach (var address in new[] { "another@example.com", "olga@example.com" })
        {
            var text = (await browsers["Grace"].SendAsync("/account", "change-address", ("Email", address), ("AddressPassword", Password))).Text;
            Assert.Contains($"{address}, not confirmed.", text, StringComparison.Ordinal);
            changed.Add(Shown(text, "Grace", address));
            var mail = await _server.NextAsync();
            Assert.Equal(address, mail.To.Mailboxes.Single().Address);
            mails.Add((mail.Subject, (mail.TextBody ?? "").Replace(LinkIn(mail), "?", StringComparison.Ordinal)));
        }

        Assert.Equal(changed[0], changed[1]);
        Assert.Equal(mails[0], mails[1]);
        // It goes on to be Olga's: nobody else's password can be set by it, and hers can.
        await AskAsync(host, "olga@example.com");
        var reset = await _server.NextAsync();
        Assert.Contains("for the account Olga.", reset.TextBody, StringComparison.Ordinal);
        var all = new TaskCompletionSource();
        host.Chat.App.Services.GetRequiredService<MailQueue>().Run(_ =>
        {
            all.SetResult();
            return Task.CompletedTask;
        });
        await all.Task.Soon();
        Assert.False(_server.HasMore);
    }

    [Fact]
    public async Task Another_address_needs_the_password_and_the_one_before_is_told()
    {
        await using var host = await StartAsync();
        var olga = await ConfirmedAsync(host);
        Assert.Contains("not your password", (await olga.SendAsync("/account", "change-address", ("Email", "eve@example.com"), ("AddressPassword", "wrong"))).Text, StringComparison.Ordinal);
        await olga.SendAsync("/account", "change-address", ("Email", "new@example.com"), ("AddressPassword", Password));
        var mails = new[] { await _server.NextAsync(), await _server.NextAsync() };
        Assert.Equal(["new@example.com", "olga@example.com"], mails.Select(m => m.To.Mailboxes.Single().Address).Order(StringComparer.Ordinal));
        await AskAsync(host, "olga@example.com");
        await AskAsync(host, "new@example.com");
        Assert.False(_server.HasMore);
    }

    [Fact]
    public async Task Without_a_mail_server_the_page_says_whom_to_ask_and_nothing_is_offered()
    {
        await using var host = await AccountHost.StartAsync();
        var olga = await host.AdministratorAsync();
        Assert.Contains("Ask an administrator", await host.Browser().ReadAsync("/account/forgot"), StringComparison.Ordinal);
        var signIn = await host.Browser().ReadAsync("/account/sign-in");
        Assert.Contains("Forgot your password? Ask an administrator", signIn, StringComparison.Ordinal);
        Assert.DoesNotContain("account/forgot", signIn, StringComparison.Ordinal);
        // Nor is an address asked for that nothing is sent to.
        Assert.DoesNotContain("name=\"Email\"", await host.Browser().ReadAsync(await AccountHost.InviteAsync(olga)), StringComparison.Ordinal);
        Assert.DoesNotContain("Invite by email", await olga.ReadAsync("/people"), StringComparison.Ordinal);
        Assert.Contains("olga@example.com, not confirmed", (await olga.SendAsync("/account", "change-address", ("Email", "olga@example.com"), ("AddressPassword", Password))).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Mail:From", "--Mail:Host=mail.example.com", "--Mail:PublicAddress=https://chat.example.com")]
    [InlineData("Mail:PublicAddress", "--Mail:Host=mail.example.com", "--Mail:From=chat@example.com")]
    [InlineData("Mail:Password", "--Mail:Host=mail.example.com", "--Mail:From=chat@example.com", "--Mail:PublicAddress=https://chat.example.com", "--Mail:UserName=chat")]
    [InlineData("Mail:Security", "--Mail:Host=mail.example.com", "--Mail:From=chat@example.com", "--Mail:PublicAddress=https://chat.example.com", "--Mail:UserName=chat", "--Mail:Password=secret", "--Mail:Security=None")]
    [InlineData("Mail:Port", "--Mail:Port=0")]
    public async Task Settings_that_do_not_work_stop_the_start_and_are_named(string key, params string[] settings)
    {
        var error = await Assert.ThrowsAnyAsync<Exception>(() => ChatHost.StartAsync(null, [ChatHost.Listening, .. settings]));
        Assert.Contains(key, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("=secret", error.Message, StringComparison.Ordinal);
    }

    private Task<AccountHost> StartAsync(params string[] settings) => AccountHost.StartAsync(
        TestDatabase.Sqlite,
        ["--Mail:Host=127.0.0.1", $"--Mail:Port={_server.Port}", "--Mail:Security=None", "--Mail:From=BlazorChat <chat@example.com>", "--Mail:PublicAddress=https://chat.example.com/base", .. settings]);

    private async Task<FormBrowser> ConfirmedAsync(AccountHost host)
    {
        var olga = await host.AdministratorAsync();
        await olga.SendAsync("/account", "change-address", ("Email", "olga@example.com"), ("AddressPassword", Password));
        await olga.SendAsync(LinkIn(await _server.NextAsync()), "confirm-address");
        return olga;
    }

    private static async Task<string> AskAsync(AccountHost host, string email)
    {
        var (status, text, _) = await host.Browser().SendAsync("/account/forgot", "forgot-password", ("Email", email));
        Assert.Equal(HttpStatusCode.OK, status);
        return text;
    }

    // The path on this server; the mail has the address that people know.
    private static string LinkIn(MimeMessage mail) => AccountHost.LinkIn(mail.TextBody ?? "");

    private static string Plain(string page) => page[page.IndexOf("<main", StringComparison.Ordinal)..page.IndexOf("</main>", StringComparison.Ordinal)];

    // Without what is another one each time.
    private static string Shown(string page, string name, string address) =>
        Hidden().Replace(Plain(page), "").Replace(address, "@", StringComparison.Ordinal).Replace(name, "?", StringComparison.Ordinal);

    [GeneratedRegex("<input type=\"hidden\"[^>]*>", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Hidden();

    /// <summary>A mail server in this process.</summary>
    private sealed class MailServer : IAsyncDisposable
    {
        private readonly Channel<MimeMessage> _mails = Channel.CreateUnbounded<MimeMessage>();
        private readonly Channel<bool> _refused = Channel.CreateUnbounded<bool>();
        private readonly CancellationTokenSource _stopping = new();
        private readonly Task _running;

        public MailServer()
        {
            var services = new SmtpServer.ComponentModel.ServiceProvider();
            services.Add(new Store(this));
            services.Add(new Anybody());
            _running = new SmtpServer.SmtpServer(
                new SmtpServerOptionsBuilder().ServerName("localhost").Endpoint(e => e.Endpoint(new IPEndPoint(IPAddress.Loopback, Port))).Build(), services).StartAsync(_stopping.Token);
        }

        public int Port { get; } = AppProcess.FreePort();

        /// <summary>Whether it cannot take mails for now.</summary>
        public bool IsBroken { get; set; }

        public bool HasMore => _mails.Reader.Count > 0;

        public Task<MimeMessage> NextAsync() => _mails.Reader.ReadAsync().AsTask().Soon();

        public Task<bool> RefusedAsync() => _refused.Reader.ReadAsync().AsTask().Soon();

        public async ValueTask DisposeAsync()
        {
            await _stopping.CancelAsync();
            try
            {
                await _running;
            }
            catch (OperationCanceledException)
            {
                // As asked.
            }

            _stopping.Dispose();
        }

        private sealed class Store(MailServer server) : MessageStore
        {
            public override async Task<SmtpResponse> SaveAsync(ISessionContext context, IMessageTransaction transaction, ReadOnlySequence<byte> buffer, CancellationToken cancellationToken)
            {
                if (server.IsBroken)
                {
                    server._refused.Writer.TryWrite(true);
                    return new SmtpResponse(SmtpReplyCode.ServiceUnavailable, "Later");
                }

                using var stream = new MemoryStream(buffer.ToArray());
                server._mails.Writer.TryWrite(await MimeMessage.LoadAsync(stream, cancellationToken));
                return SmtpResponse.Ok;
            }
        }

        private sealed class Anybody : UserAuthenticator
        {
            public override Task<bool> AuthenticateAsync(ISessionContext context, string user, string password, CancellationToken cancellationToken) => Task.FromResult(true);
        }
    }
}
