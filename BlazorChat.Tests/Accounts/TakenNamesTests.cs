using System.Net;
using BlazorChat.Access;
using BlazorChat.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Accounts;

/// <summary>Whoever takes a name, in whatever way: none that could be taken for somebody else's, in either direction.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class TakenNamesTests : IAsyncLifetime
{
    // Greek: it looks like the Latin one as it is written, and its small letters do not.
    private const string Greek = "\u0391\u039d\u039d\u0391";

    private TestProvider _provider = null!;

    public async Task InitializeAsync() => _provider = await TestProvider.StartAsync();

    public async Task DisposeAsync() => await _provider.DisposeAsync();

    [Theory]
    [InlineData("ANNA", Greek)]
    [InlineData(Greek, "Anna")]
    public async Task Nobody_gets_a_name_that_looks_like_somebodys(string theirs, string taken)
    {
        await using var host = await AccountHost.StartAsync(
            settings: [.. _provider.Settings("--OpenIdConnect:Company:CreateAccounts=true", "--Accounts:Guests=true", "--Accounts:Registration=Open")]);
        await host.AdministratorAsync(theirs);
        Assert.Contains("already called", (await host.Browser().SendAsync("/join", "join", ("Name", taken))).Text, StringComparison.Ordinal);
        Assert.Contains("already called", (await RegisterAsync(host.Browser(), taken)).Text, StringComparison.Ordinal);
        // As a guest who makes an account, or wants another name.
        var guest = host.Browser();
        await guest.JoinAsync("Bella");
        Assert.Contains("already called", (await RegisterAsync(guest, taken)).Text, StringComparison.Ordinal);
        Assert.Contains("already called", (await guest.SendAsync("/join", "join", ("Name", taken))).Text, StringComparison.Ordinal);
        Assert.Equal(Standing.Guest, host.Find("Bella").Standing);
        await using (var scope = host.Chat.App.Services.CreateAsyncScope())
        {
            Assert.NotNull((await scope.ServiceProvider.GetRequiredService<BlazorChat.Accounts.AccountAdministration>().AppointAsync(taken, default)).Error);
        }

        // Whose provider says so gets a number, and not one that looks like somebody's, either.
        await host.Browser().JoinAsync(theirs + " 2");
        _provider.SignIn("1").Name = taken;
        await TestProvider.ContinueAsync(host.Browser());
        Assert.Equal(taken + " 3", host.People.People.Single(p => p.IsRenamed).Name);
    }

    [Fact]
    public async Task Whoever_does_not_get_an_account_takes_no_name_from_a_guest()
    {
        await using var host = await AccountHost.StartAsync(settings: ["--Accounts:Guests=true", "--Accounts:Registration=Open"]);
        await host.Browser().JoinAsync("Grace");
        host.Time.Advance(TimeSpan.FromDays(91));
        await host.Browser().SendAsync("/account/create", "create-account", ("Name", "Grace"), ("Password", "short"));
        Assert.Equal(("Grace", false), host.People.People.Select(p => (p.Name, p.IsRenamed)).Single());
        Assert.Equal(HttpStatusCode.Redirect, (await RegisterAsync(host.Browser(), "Grace")).Status);
        Assert.Equal(["Grace", "Grace 2"], host.People.People.OrderByDescending(p => p.Standing).Select(p => p.Name));
    }

    private static Task<(HttpStatusCode Status, string Text, HttpResponseMessage Response)> RegisterAsync(FormBrowser browser, string name) =>
        browser.SendAsync("/account/create", "create-account", ("Name", name), ("Password", AccountHost.Password));
}
