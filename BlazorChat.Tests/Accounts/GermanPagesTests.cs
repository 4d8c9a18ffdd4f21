using System.Net;
using BlazorChat.Languages;
using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.Accounts;

/// <summary>Pages with forms, what they refuse, and requests that are refused before there is a page, are in the language that the browser asks for.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class GermanPagesTests
{
    private const string Password = AccountHost.Password;

    [Fact]
    public async Task Whoever_asks_for_German_reads_no_English_sentence()
    {
        await using var host = await AccountHost.StartAsync(settings: ["--Accounts:Registration=Open", "--Accounts:Guests=true"]);
        var olga = German(await host.AdministratorAsync());
        var guest = German(host.Browser());
        await guest.JoinAsync("Gerd");
        await olga.SendAsync("/people", "people", ("Act", "invite"));
        foreach (var path in new[]
        {
            "/account", "/account/leave", "/account/forgot", "/account/create", "/account/code", "/account/again", "/account/sign-in", "/account/password?token=x", "/account/address?token=x",
            "/people", "/people?log=rooms", $"/people/rooms/{Guid.NewGuid()}", "/removed", "/join", "/error",
        })
        {
            foreach (var browser in new[] { olga, guest, German(host.Browser()) })
            {
                var page = await browser.ReadAsync(path);
                Assert.Contains("<html lang=\"de\"", page, StringComparison.Ordinal);
                Assert.Equal((path, (string[])[]), (path, EnglishIn(page)));
            }
        }
    }

    [Fact]
    public async Task A_form_says_in_German_why_it_was_refused_and_what_was_done()
    {
        await using var host = await AccountHost.StartAsync(settings: ["--Accounts:Registration=Open"]);
        var olga = German(await host.AdministratorAsync());
        Assert.Contains("Passwörter brauchen mindestens 10 Zeichen.", await CreateAsync("Grace", "short"), StringComparison.Ordinal);
        Assert.Contains("Passwörter brauchen mindestens 4 verschiedene Zeichen.", await CreateAsync("Grace", "aaaaaaaaaaaaaaa"), StringComparison.Ordinal);
        Assert.Contains("Passwörter können höchstens 256 Zeichen haben.", await CreateAsync("Grace", new string('x', 256) + "yz1"), StringComparison.Ordinal);
        Assert.Contains("Olga heißt hier schon jemand.", await CreateAsync("Olga", Password), StringComparison.Ordinal);
        Assert.Contains("Das ist nicht dein Passwort.", (await ChangeAsync("wrong password")).Text, StringComparison.Ordinal);
        Assert.Contains("Dein Passwort ist geändert.", (await ChangeAsync(Password)).Text, StringComparison.Ordinal);
        for (var i = 0; i < 5; i++)
        {
            await ChangeAsync("wrong password");
        }

        var held = await ChangeAsync("wrong password");
        Assert.Equal(HttpStatusCode.TooManyRequests, held.Status);
        Assert.Contains("Zu viele Versuche sind fehlgeschlagen. Bitte versuch es in ", held.Text, StringComparison.Ordinal);

        async Task<string> CreateAsync(string name, string password) =>
            (await German(host.Browser()).SendAsync("/account/create", "create-account", ("Name", name), ("Password", password))).Text;

        Task<(HttpStatusCode Status, string Text, HttpResponseMessage Response)> ChangeAsync(string current) =>
            olga.SendAsync("/account", "change-password", ("CurrentPassword", current), ("NewPassword", Password));
    }

    [Fact]
    public async Task A_request_from_elsewhere_is_refused_in_German_and_logged_in_English()
    {
        await using var host = await AccountHost.StartAsync();
        using var browser = German(new FormBrowser(new Uri(host.Chat.App.Urls.First())));
        browser.Headers.Accept.ParseAdd("text/html");
        browser.Headers.Host = "elsewhere.example.com";
        var page = await browser.ReadAsync("/join");
        Assert.Contains("<html lang=\"de\"", page, StringComparison.Ordinal);
        Assert.Contains("antwortet dieser Server nicht auf den Namen elsewhere.example.com", page, StringComparison.Ordinal);
        Assert.Contains(host.Log.Lines, l => l.Text.Contains("this server does not answer to the name elsewhere.example.com", StringComparison.Ordinal));
    }

    private static FormBrowser German(FormBrowser browser)
    {
        browser.Headers.AcceptLanguage.ParseAdd("de-DE, en;q=0.5");
        return browser;
    }

    // Texts that are in the page as they are in the English resources. One word may be the same in both languages.
    private static string[] EnglishIn(string page) =>
    [
        .. from key in Words.English.Keys
           let text = Words.English[key]
           where text.Contains(' ', StringComparison.Ordinal) && !text.Contains('{', StringComparison.Ordinal) && text != Words.German[key] && page.Contains(text, StringComparison.Ordinal)
           select key,
    ];
}
