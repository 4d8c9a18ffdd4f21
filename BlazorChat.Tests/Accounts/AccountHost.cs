using System.Net;
using System.Text.RegularExpressions;
using BlazorChat.Access;
using BlazorChat.Accounts;
using BlazorChat.Languages;
using BlazorChat.Messages;
using BlazorChat.Storage;
using BlazorChat.Tests.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace BlazorChat.Tests.Accounts;

/// <summary>An application whose pages of accounts are used over HTTP, with a clock that the test moves.</summary>
internal sealed partial class AccountHost : IAsyncDisposable
{
    public const string Password = "correct horse battery";

    private readonly List<FormBrowser> _browsers = [];

    // The database of a host that was stopped.
    private TestData? _left;

    private bool _isStopped;

    private AccountHost(ChatHost chat, FakeTimeProvider time, LogCapture log) => (Chat, Time, Log) = (chat, time, log);

    public ChatHost Chat { get; private set; }

    public FakeTimeProvider Time { get; }

    public LogCapture Log { get; private set; }

    public PeopleDirectory People => Chat.App.Services.GetRequiredService<PeopleDirectory>();

    /// <summary>The path of the first administrator's link that was printed last.</summary>
    public string? FirstLink => Log.Lines.Select(l => Link().Match(l.Text)).LastOrDefault(m => m.Success)?.Value;

    public static Task<AccountHost> StartAsync(TestDatabase database = TestDatabase.Sqlite, params string[] settings) => StartAsync(database, _ => { }, settings);

    /// <summary>Starts it with last changes to its services.</summary>
    public static Task<AccountHost> StartAsync(TestDatabase database, Action<WebApplicationBuilder> configure, params string[] settings) =>
        StartAsync((change, all) => ChatHost.StartAsync(database, b =>
        {
            change(b);
            configure(b);
        }, all), settings);

    /// <summary>Starts it on a database that there was before.</summary>
    public static Task<AccountHost> StartAsync(TestData data, params string[] settings) => StartAsync((change, all) => ChatHost.StartAsync(data, change, all), settings);

    /// <summary>Stops it and starts it again. Browsers from before are of no use then.</summary>
    public async Task RestartAsync(params string[] settings)
    {
        var log = Log = new LogCapture();
        Chat = await Chat.RestartAsync(b => Configure(b, Time, log), [ChatHost.Listening, .. settings]);
    }

    /// <summary>Stops it, so that somebody else can use its database; see <see cref="StartAgainAsync"/>.</summary>
    /// <param name="why">Who needs it.</param>
    public async Task StopForAsync(string why)
    {
        Assert.NotEmpty(why);
        _left = Chat.Data;
        await Chat.App.StopAsync();
        await Chat.App.DisposeAsync();
        _isStopped = true;
    }

    /// <summary>Starts it on a database.</summary>
    public async Task StartAgainAsync(TestData data)
    {
        var log = Log = new LogCapture();
        Chat = await ChatHost.StartAsync(data, b => Configure(b, Time, log), [ChatHost.Listening]);
        _isStopped = false;
    }

    /// <summary>Notes that somebody left before there were accounts.</summary>
    public async Task AddLeaverAsync(Guid id)
    {
        await using var database = Chat.OpenDatabase();
        database.Leavers.Add(new LeaverRow { PersonId = id, LeftAt = Time.GetUtcNow() });
        await database.SaveChangesAsync();
    }

    /// <summary>Somebody with a browser of their own.</summary>
    public FormBrowser Browser(string? cookie = null)
    {
        var browser = new FormBrowser(new Uri(Chat.App.Urls.First()));
        if (cookie is not null)
        {
            browser.Person = cookie;
        }

        _browsers.Add(browser);
        return browser;
    }

    /// <summary>The first administrator, signed in.</summary>
    public async Task<FormBrowser> AdministratorAsync(string name = "Olga")
    {
        var browser = Browser();
        await CreateAsync(browser, FirstLink!, name);
        Assert.Equal(Standing.Administrator, Find(name).Standing);
        return browser;
    }

    /// <summary>Makes an account with a link.</summary>
    public static async Task CreateAsync(FormBrowser browser, string link, string name)
    {
        var (status, text, _) = await browser.SendAsync(link, "create-account", ("Name", name), ("Password", Password));
        Assert.True(status == HttpStatusCode.Redirect, text);
    }

    /// <summary>An administrator's new invitation, as a path.</summary>
    public static async Task<string> InviteAsync(FormBrowser administrator) => LinkIn((await administrator.SendAsync("/people", "people", ("Act", "invite"))).Text);

    public static string LinkIn(string page) => Link().Match(page) is { Success: true } link ? link.Value : throw new InvalidOperationException(page);

    public KnownPerson Find(string name) => People.FindByKey(NameRules.KeyOf(name)) ?? throw new InvalidOperationException($"Nobody is called {name}.");

    /// <summary>An open page of somebody who is signed in in one browser.</summary>
    public FollowedPage Follow(string name, Action<string> ended) => FollowEnd(name, end => ended(end.Why));

    /// <inheritdoc cref="Follow" />
    public FollowedPage FollowEnd(string name, Action<PageEnd> ended)
    {
        using var database = Chat.OpenDatabase();
        var id = Find(name).Id;
        var person = new Person(id, name) { Session = database.Sessions.Single(s => s.PersonId == id).Id };
        return new FollowedPage(person, Chat.App.Services.GetRequiredService<OpenPages>().Follow(person, Words.English, ended));
    }

    /// <summary>Whether somebody is let into the rooms.</summary>
    public static async Task<bool> IsInAsync(FormBrowser browser)
    {
        using var response = await browser.GetAsync("/");
        var location = response.Headers.Location?.ToString();
        Assert.NotNull(location);
        return !location.StartsWith("/join", StringComparison.Ordinal);
    }

    /// <summary>A cookie as the versions before accounts wrote it.</summary>
    public string CookieFromBefore(Guid id, string name) => Chat.App.Services.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>()
        .Get(CookieAuthenticationDefaults.AuthenticationScheme).TicketDataFormat.Protect(new AuthenticationTicket(
            PersonPrincipal.Create(new Person(id, name)),
            new AuthenticationProperties { IsPersistent = true, IssuedUtc = Time.GetUtcNow(), ExpiresUtc = Time.GetUtcNow().AddDays(180) },
            CookieAuthenticationDefaults.AuthenticationScheme));

    public async ValueTask DisposeAsync()
    {
        foreach (var browser in _browsers)
        {
            browser.Dispose();
        }

        if (!_isStopped)
        {
            await Chat.DisposeAsync();
        }

        if (_left is not null)
        {
            await _left.DisposeAsync();
        }
    }

    internal sealed record FollowedPage(Person Person, IDisposable Page) : IDisposable
    {
        public void Dispose() => Page.Dispose();
    }

    private static async Task<AccountHost> StartAsync(Func<Action<WebApplicationBuilder>, string[], Task<ChatHost>> start, string[] settings)
    {
        var (time, log) = (new FakeTimeProvider(), new LogCapture());
        // Browsers have a clock of their own, and drop cookies that are past their time.
        time.SetUtcNow(TimeProvider.System.GetUtcNow());
        return new AccountHost(await start(b => Configure(b, time, log), [ChatHost.Listening, .. settings]), time, log);
    }

    private static void Configure(WebApplicationBuilder builder, FakeTimeProvider time, LogCapture log)
    {
        builder.Services.AddSingleton<TimeProvider>(time);
        builder.Logging.AddProvider(log);
    }

    [GeneratedRegex("/account/[a-z-]+\\?[a-z]+=[-_A-Za-z0-9]+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Link();
}
