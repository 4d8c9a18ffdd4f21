using System.Net;
using System.Text.RegularExpressions;
using BlazorChat.Access;
using BlazorChat.Accounts;
using BlazorChat.Languages;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Storage;
using BlazorChat.Tests.Support;
using BlazorChat.Tests.Turns.Engine;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Accounts;

/// <summary>Every change of accounts and rights is recorded, by ids alone, for as long as the setting says.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed partial class AuditTests
{
    private const string Password = AccountHost.Password;

    // What the first test does; the second one does everything else.
    private static readonly AuditAction[] OfAccounts =
    [
        AuditAction.AccountCreated, AuditAction.PasswordChanged, AuditAction.PasswordLinkMade, AuditAction.PasswordReset, AuditAction.SignedOutEverywhere, AuditAction.SignInChanged,
        AuditAction.EmailConfirmed, AuditAction.TwoFactorOff, AuditAction.SignedOutByProvider, AuditAction.AdministratorAppointed, AuditAction.AdministratorDismissed,
        AuditAction.AccountDisabled, AuditAction.AccountEnabled, AuditAction.AccountDeleted, AuditAction.InvitationMade, AuditAction.InvitationRevoked,
    ];

    [Fact]
    public void Everything_that_is_recorded_has_words_of_its_own()
    {
        var (ada, grace) = (Guid.NewGuid(), Guid.NewGuid());
        foreach (var concerns in new[] { ada, grace })
        {
            var keys = Enum.GetValues<AuditAction>().Select(a => AccountAudit.WordsOf(new AuditEntry(a, ada, concerns))).ToList();
            Assert.DoesNotContain(null, keys);
            Assert.All(Words.All, words => Assert.Equal(keys.Count, keys.Select(key => words[key!]).Distinct(StringComparer.Ordinal).Count()));
        }
    }

    [Theory]
    [EveryDatabase]
    public async Task What_is_done_about_accounts_is_recorded(TestDatabase database)
    {
        await using var provider = await TestProvider.StartAsync();
        await using var host = await AccountHost.StartAsync(
            database, provider.Settings("--OpenIdConnect:Company:CreateAccounts=true", "--OpenIdConnect:Company:AdministratorGroups:0=admins"));
        var olga = await host.AdministratorAsync();
        var administrator = new Person(host.Find("Olga").Id, "Olga");
        var expected = new List<AuditEntry> { new(AuditAction.AdministratorAppointed, null, administrator.Id), new(AuditAction.AccountCreated, administrator.Id, administrator.Id) };

        Assert.Null((await Administration().InviteAsync(administrator, default)).Error);
        Expect(AuditAction.InvitationMade, administrator.Id, null);
        Assert.Null(await Administration().RevokeInvitationAsync(administrator, (await Administration().ListInvitationsAsync(administrator, default)).Value.Single().Id, default));
        Expect(AuditAction.InvitationRevoked, administrator.Id, null);
        var browser = host.Browser();
        await AccountHost.CreateAsync(browser, await AccountHost.InviteAsync(olga), "Grace");
        var grace = new Person(host.Find("Grace").Id, "Grace");
        Expect(AuditAction.InvitationMade, administrator.Id, null);
        Expect(AuditAction.AccountCreated, grace.Id, grace.Id);

        Assert.Null((await Accounts().ChangePasswordAsync(grace, Password, "another good password", default)).Error);
        Expect(AuditAction.PasswordChanged, grace.Id, grace.Id);
        var link = (await Administration().CreateResetAsync(administrator, grace.Id, default)).Value;
        Expect(AuditAction.PasswordLinkMade, administrator.Id, grace.Id);
        Assert.Null((await Accounts().ResetPasswordAsync(link, Password, default)).Error);
        Expect(AuditAction.PasswordReset, administrator.Id, grace.Id);
        await Service<PersonSessions>().EndAllAsync(grace.Id, default);
        Expect(AuditAction.SignedOutEverywhere, grace.Id, grace.Id);

        grace = (await Accounts().SignInAsync("Grace", Password, new SignInOrigin(null, _ => null), default)).Value.Person!;
        await TurnOnAsync();
        Assert.Null((await TwoFactors().RenewCodesAsync(grace, Password, default)).Error);
        Expect(AuditAction.SignInChanged, grace.Id, grace.Id);
        Assert.Null(await TwoFactors().TurnOffAsync(grace, Password, default));
        Expect(AuditAction.TwoFactorOff, grace.Id, grace.Id);
        await TurnOnAsync();
        Assert.Null(await TwoFactors().TurnOffForAsync(administrator, grace.Id, default));
        Expect(AuditAction.TwoFactorOff, administrator.Id, grace.Id);

        Assert.Null(await Service<AccountMail>().ChangeAddressAsync(grace, Password, "grace@example.com", Words.English, default));
        Expect(AuditAction.SignInChanged, grace.Id, grace.Id);
        Assert.Null(await Service<AccountMail>().ConfirmAddressAsync(await AddressLinkAsync(host, grace.Id), default));
        Expect(AuditAction.EmailConfirmed, grace.Id, grace.Id);

        Assert.Null(await Administration().SetAdministratorAsync(administrator, grace.Id, true, default));
        Expect(AuditAction.AdministratorAppointed, administrator.Id, grace.Id);
        Assert.Null(await Administration().SetAdministratorAsync(administrator, grace.Id, false, default));
        Expect(AuditAction.AdministratorDismissed, administrator.Id, grace.Id);
        Assert.Null(await Administration().SetDisabledAsync(administrator, grace.Id, true, default));
        Expect(AuditAction.AccountDisabled, administrator.Id, grace.Id);
        // By the operator of the machine.
        Assert.Null((await Administration().AppointAsync("Grace", default)).Error);
        Expect(AuditAction.AccountEnabled, null, grace.Id);
        Expect(AuditAction.AdministratorAppointed, null, grace.Id);
        Expect(AuditAction.PasswordLinkMade, null, grace.Id);

        var account = provider.SignIn("1");
        (account.Name, account.Groups) = ("Alan", ["admins"]);
        var desk = host.Browser();
        await TestProvider.ContinueAsync(desk);
        var alan = host.Find("Alan").Id;
        Expect(AuditAction.AccountCreated, alan, alan);
        Expect(AuditAction.AdministratorAppointed, null, alan);
        await OpenIdTests.LogOutAsync(host, provider.LogoutToken());
        Expect(AuditAction.SignedOutByProvider, null, alan);
        await TestProvider.ContinueAsync(desk);
        account.IsGone = true;
        host.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.False(await AccountHost.IsInAsync(desk));
        Expect(AuditAction.SignedOutByProvider, null, alan);
        Expect(AuditAction.AdministratorDismissed, null, alan);
        Assert.Null(await Service<AccountDeletion>().DeleteOtherAsync(administrator, alan, MessagesOfDeleted.Keep, default));
        Expect(AuditAction.AccountDeleted, administrator.Id, alan);

        Assert.Equal(expected, await ReadAsync(host.Chat, e => e.RoomId is null));
        Assert.Equal(OfAccounts.Order(), expected.Select(e => e.Action).Distinct().Order());

        void Expect(AuditAction action, Guid? by, Guid? personId) => expected.Add(new AuditEntry(action, by, personId));

        AccountService Accounts() => Service<AccountService>();

        AccountAdministration Administration() => Service<AccountAdministration>();

        TwoFactor TwoFactors() => Service<TwoFactor>();

        // Each is made for one use.
        T Service<T>()
            where T : class => host.Chat.App.Services.CreateScope().ServiceProvider.GetRequiredService<T>();

        async Task TurnOnAsync()
        {
            var setup = TwoFactors().Begin(grace, null, "localhost");
            var on = await TwoFactors().ConfirmAsync(grace, setup.Token, new AuthenticatorApp(setup.Key.Replace(" ", "", StringComparison.Ordinal)).Code(), Password, default);
            Assert.Null(on.Error);
            grace = on.Value.Person;
            Expect(AuditAction.SignInChanged, grace.Id, grace.Id);
        }
    }

    [Theory]
    [EveryDatabase]
    public async Task What_is_done_about_the_rights_of_rooms_is_recorded(TestDatabase database)
    {
        const string what = """{"what":"it"}""";
        await using var bench = await TurnBench.ListenAsync(database, TurnBench.Careful());
        var (rooms, room, ada, grace) = (bench.Host.Rooms, bench.Room.Id, ChatHost.Ada, ChatHost.Grace);
        var (bella, olga) = (new Person(Guid.NewGuid(), "Bella"), new Person(Guid.NewGuid(), "Olga"));
        foreach (var person in new[] { ada, grace, bella })
        {
            await bench.Host.AddPersonAsync(person, Standing.Registered);
        }

        await bench.Host.AddPersonAsync(olga, Standing.Administrator);
        var before = (await ReadAsync(bench.Host, e => e.RoomId is not null)).Count;
        var expected = new List<AuditEntry>();

        Assert.Null((await rooms.SetMemberAsync(ada, room, grace.Id, RoomRole.Viewer, default)).Error);
        Expect(AuditAction.ViewerMade, ada, grace);
        Assert.Null((await rooms.SetMemberAsync(ada, room, grace.Id, RoomRole.Member, default)).Error);
        Expect(AuditAction.MemberMade, ada, grace);
        Assert.Null((await rooms.SetApproverAsync(ada, room, grace.Id, true, default)).Error);
        Expect(AuditAction.ApproverNamed, ada, grace);
        Assert.Null((await rooms.SetApproverAsync(ada, room, grace.Id, false, default)).Error);
        Expect(AuditAction.ApproverDismissed, ada, grace);
        Assert.Null((await rooms.SetApproverAsync(ada, room, grace.Id, true, default)).Error);
        Expect(AuditAction.ApproverNamed, ada, grace);
        Assert.Null((await rooms.RemoveMemberAsync(ada, room, grace.Id, default)).Error);
        Expect(AuditAction.ApproverDismissed, ada, grace);
        Expect(AuditAction.MemberRemoved, ada, grace);

        (await bench.AskAsync()).Call("c1", "careful", what).Finish();
        var paused = await bench.PausedAsync();
        Assert.Null((await bench.Responses.ApproveInRoomAsync(ada, room, paused.Id, "c1", what, paused.Calls.Single().Tool, default)).Error);
        (await bench.Host.Model.NextAsync()).Finish("Done.");
        await bench.EndedAsync();
        Expect(AuditAction.ToolAllowed, ada, null);
        Assert.Null((await rooms.RevokeToolAsync(ada, room, "careful", default)).Error);
        Expect(AuditAction.ToolRevoked, ada, null);
        Assert.Null((await rooms.ChangeAsync(ada, room, null, new RoomSettingsChange { Approve = TurnPeople.Owners }, default)).Error);
        Expect(AuditAction.TurnRightsChanged, ada, null);
        // What is no right is not recorded.
        Assert.Null((await rooms.ChangeAsync(ada, room, "Plans", "Be brief.", AnswerMode.WhenMentioned, default)).Error);
        Assert.Null((await rooms.ChangeAccessAsync(ada, room, RoomVisibility.Private, null, default)).Error);
        Expect(AuditAction.AccessChanged, ada, null);
        Assert.Null((await rooms.ChangeAccessAsync(ada, room, null, true, default)).Error);
        Expect(AuditAction.HistoryChanged, ada, null);

        var invite = (await rooms.CreateInviteAsync(ada, room, RoomRole.Member, TimeSpan.FromDays(1), 2, default)).Value;
        Expect(AuditAction.InviteMade, ada, null);
        Assert.Null((await rooms.UseInviteAsync(bella, invite.Token, default)).Error);
        Expect(AuditAction.InviteUsed, bella, bella);
        Assert.Null((await rooms.RevokeInviteAsync(ada, room, (await rooms.ListInvitesAsync(ada, room, default)).Value.Single().Invite.Id, default)).Error);
        Expect(AuditAction.InviteRevoked, ada, null);
        Assert.Null((await rooms.RemoveMemberAsync(bella, room, bella.Id, default)).Error);
        Expect(AuditAction.MemberRemoved, bella, bella);
        Assert.Null((await rooms.HandOverAsync(ada, room, "Grace", default)).Error);
        Expect(AuditAction.OwnerMade, ada, grace);
        // Their own role.
        Assert.Null((await rooms.SetMemberAsync(ada, room, ada.Id, RoomRole.Viewer, default)).Error);
        Expect(AuditAction.ViewerMade, ada, ada);
        Assert.Null((await rooms.SetMemberAsync(grace, room, ada.Id, RoomRole.Owner, default)).Error);
        Expect(AuditAction.OwnerMade, grace, ada);
        var service = new Author(AuthorKind.Service, "openid-company", "Company");
        Assert.Null((await rooms.SetGroupRoleAsync(service, room, bella.Id, RoomRole.Member, default)).Error);
        Expect(AuditAction.MemberMade, null, bella);
        Assert.Null((await rooms.SetGroupRoleAsync(service, room, bella.Id, null, default)).Error);
        Expect(AuditAction.MemberRemoved, null, bella);

        Assert.Null((await rooms.ArchiveAsync(ada, room, true, default)).Error);
        Expect(AuditAction.RoomArchived, ada, null);
        Assert.Null((await rooms.ArchiveAsync(ada, room, false, default)).Error);
        Expect(AuditAction.RoomUnarchived, ada, null);
        foreach (var action in new[] { AuditAction.RoomBroughtBack, AuditAction.RoomRemovedForGood })
        {
            await bench.Host.PostAsync(bench.Room, "Hello");
            Assert.Null((await rooms.ClearAsync(ada, room, default)).Error);
            Expect(AuditAction.RoomCleared, ada, null);
            Assert.Null(action == AuditAction.RoomBroughtBack ? (await rooms.BringBackAsync(ada, room, default)).Error : (await rooms.RemoveForGoodAsync(ada, room, default)).Error);
            Expect(action, ada, null);
        }

        await rooms.ForgetAsync(ada.Id, "Ada", removesMessages: false, default);
        Expect(AuditAction.MemberRemoved, ada, ada);
        Assert.Null((await rooms.DeleteAsync(grace, room, default)).Error);
        Expect(AuditAction.RoomDeleted, grace, null);
        Assert.Null((await rooms.BringBackAsync(grace, room, default)).Error);
        Expect(AuditAction.RoomBroughtBack, grace, null);
        await rooms.ForgetAsync(grace.Id, "Grace", removesMessages: false, default);
        Expect(AuditAction.MemberRemoved, grace, grace);
        Assert.Null((await rooms.AppointOwnerAsync(olga, room, "Bella", default)).Error);
        Expect(AuditAction.OwnerAppointed, olga, bella);
        Assert.Null((await rooms.JoinAsAdministratorAsync(olga, room, default)).Error);
        Expect(AuditAction.AdministratorJoined, olga, olga);
        Assert.Null((await rooms.ArchiveAsAdministratorAsync(olga, room, true, default)).Error);
        Expect(AuditAction.RoomArchived, olga, null);
        Assert.Null((await rooms.DeleteAsAdministratorAsync(olga, room, default)).Error);
        Expect(AuditAction.RoomDeleted, olga, null);

        Assert.Equal(expected, (await ReadAsync(bench.Host, e => e.RoomId is not null))[before..]);
        // Whatever can be recorded is done by one of these tests. One of them is only read any more.
        Assert.Equal(Enum.GetValues<AuditAction>().Where(a => a != AuditAction.MemberSet).Order(), OfAccounts.Concat(expected.Select(e => e.Action)).Distinct().Order());

        void Expect(AuditAction action, Person? by, Person? person) => expected.Add(new AuditEntry(action, by?.Id, person?.Id, room));
    }

    [Fact]
    public async Task The_page_says_who_did_what_to_whom_and_where()
    {
        await using var host = await AccountHost.StartAsync();
        var olga = await host.AdministratorAsync();
        var grace = host.Browser();
        await AccountHost.CreateAsync(grace, await AccountHost.InviteAsync(olga), "Grace");
        var (administrator, member) = (new Person(host.Find("Olga").Id, "Olga"), new Person(host.Find("Grace").Id, "Grace"));
        var link = AccountHost.LinkIn((await olga.SendAsync("/people", "people", ("Act", $"reset {member.Id:N}"))).Text);
        Assert.Equal(HttpStatusCode.Redirect, (await grace.SendAsync(link, "set-password", ("Password", Password))).Status);
        var accounts = Lines(await olga.ReadAsync("/people?log=accounts"));
        Assert.Contains("Olga: made a link to a new password for Grace", accounts);
        // Whoever had the link set it.
        Assert.Contains("Grace: set a new password with a link from Olga", accounts);

        var room = (await host.Chat.Rooms.CreateAsync(administrator, "Plans", default, RoomVisibility.Private)).Value;
        Assert.Null((await host.Chat.Rooms.SetMemberAsync(administrator, room.Id, member.Id, RoomRole.Owner, default)).Error);
        Assert.Null((await host.Chat.Rooms.SetMemberAsync(member, room.Id, member.Id, RoomRole.Viewer, default)).Error);
        Assert.Null((await host.Chat.Rooms.ChangeAccessAsync(administrator, room.Id, null, true, default)).Error);
        var page = await olga.ReadAsync("/people?log=rooms");
        Assert.Contains($"href=\"{BlazorChat.Components.Links.ManageRoom(room.Id)}\"", page, StringComparison.Ordinal);
        Assert.Equal(
            ["Olga: changed what newcomers see of a room · Plans", "Grace: made themselves a viewer · Plans", "Olga: gave the role of owner to Grace · Plans"],
            Lines(page).Take(3));

        Assert.Null((await host.Chat.Rooms.DeleteAsync(administrator, room.Id, default)).Error);
        Assert.Equal($"Olga: deleted a room · a room that is gone ({room.Id.ToString("N")[^8..]})", Lines(await olga.ReadAsync("/people?log=rooms"))[0]);

        static List<string> Lines(string page) =>
            [.. AuditedLine().Matches(page[page.IndexOf("<details class=\"audit\"", StringComparison.Ordinal)..]).Select(m => Spaces().Replace(Tag().Replace(m.Groups["line"].Value, ""), " ").Trim())];
    }

    [GeneratedRegex("<span class=\"who\"[^>]*>(?<line>(?:(?!</li>).)*)</li>", RegexOptions.ExplicitCapture | RegexOptions.Singleline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AuditedLine();

    [GeneratedRegex("<[^>]+>", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Tag();

    [GeneratedRegex("\\s+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Spaces();

    [Theory]
    [EveryDatabase]
    public async Task Entries_are_kept_as_long_as_the_setting_says(TestDatabase database)
    {
        await using var host = await AccountHost.StartAsync(database, "--Audit:KeepFor=2.00:00:00");
        var log = host.Chat.App.Services.GetRequiredService<IAuditLog>();
        var (old, young) = (Guid.NewGuid(), Guid.NewGuid());
        await log.RecordAsync(new AuditEntry(AuditAction.AccountDisabled, null, old), default);
        host.Time.Advance(TimeSpan.FromDays(1));
        await log.RecordAsync(new AuditEntry(AuditAction.AccountDisabled, null, young), default);
        Assert.Equal([old, young], (await ReadAsync(host.Chat, _ => true)).Select(e => e.PersonId!.Value));
        // It is looked at twice a day.
        host.Time.Advance(TimeSpan.FromDays(1.6));
        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while ((await ReadAsync(host.Chat, _ => true)).Count > 1)
        {
            end.Token.ThrowIfCancellationRequested();
        }

        Assert.Equal([young], (await ReadAsync(host.Chat, _ => true)).Select(e => e.PersonId!.Value));
    }

    [Theory]
    [EveryDatabase]
    public async Task What_is_done_in_rooms_pushes_nothing_about_accounts_out_of_sight(TestDatabase database)
    {
        await using var host = await AccountHost.StartAsync(database);
        var olga = await host.AdministratorAsync();
        var log = host.Chat.App.Services.GetRequiredService<IAuditLog>();
        var (by, room) = (host.Find("Olga").Id, Guid.NewGuid());
        for (var i = 0; i < 51; i++)
        {
            await log.RecordAsync(new AuditEntry(AuditAction.AccessChanged, by, null, room), default);
        }

        var accounts = await olga.ReadAsync("/people");
        Assert.Contains("created an account", accounts, StringComparison.Ordinal);
        Assert.DoesNotContain("changed who can see a room", accounts, StringComparison.Ordinal);
        Assert.DoesNotContain(">Older</a>", accounts, StringComparison.Ordinal);

        var rooms = await olga.ReadAsync("/people?log=rooms");
        Assert.Equal(50, Count(rooms));
        Assert.DoesNotContain("created an account", rooms, StringComparison.Ordinal);
        var older = await olga.ReadAsync("/" + OlderLink().Match(rooms).Groups["href"].Value);
        Assert.Equal(1, Count(older));
        Assert.DoesNotContain(">Older</a>", older, StringComparison.Ordinal);
        Assert.Contains("created an account", await olga.ReadAsync("/people?log=x&before=y"), StringComparison.Ordinal);

        static int Count(string page) => page.Split("changed who can see a room").Length - 1;
    }

    [GeneratedRegex("href=\"(?<href>[^\"]+)\"[^>]*>Older</a>", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OlderLink();

    private static async Task<List<AuditEntry>> ReadAsync(ChatHost host, Func<AuditEntry, bool> wanted) =>
        [.. (await host.App.Services.GetRequiredService<IAuditLog>().ReadAsync(null, null, 1_000, default)).Entries.Reverse().Where(wanted).Select(e => e with { At = default })];

    private static async Task<string> AddressLinkAsync(AccountHost host, Guid personId)
    {
        var token = OneTimeToken.Create();
        var now = host.Time.GetUtcNow();
        await host.Chat.App.Services.GetRequiredService<PeopleStore>().ChangeAsync(
            change =>
            {
                change.Add(new OneTimeLinkRow
                {
                    Id = Guid.NewGuid(), TokenHash = OneTimeToken.HashOf(token)!, Kind = OneTimeLinkKind.Address, PersonId = personId, CreatedAt = now, ExpiresAt = now.AddDays(1),
                });
                return Task.FromResult(true);
            },
            default);
        return token;
    }
}
