using System.Net;
using System.Text.RegularExpressions;
using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.Accounts;

/// <summary>Joining over HTTP, as a browser does it.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed partial class JoinTests : IAsyncLifetime
{
    private ChatHost _host = null!;
    private CookieContainer _cookies = null!;
    private HttpClient _browser = null!;

    public async Task InitializeAsync()
    {
        _host = await ChatHost.StartAsync(settings: [ChatHost.Listening]);
        _cookies = new CookieContainer();
        _browser = new HttpClient(new SocketsHttpHandler { CookieContainer = _cookies, AllowAutoRedirect = false })
        {
            BaseAddress = new Uri(_host.App.Urls.First()),
        };
    }

    public async Task DisposeAsync()
    {
        _browser.Dispose();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task Whoever_has_not_joined_is_asked_for_a_name_and_lands_where_they_were_going()
    {
        var asked = await _browser.GetAsync("/rooms/abc?x=1");
        Assert.Equal(HttpStatusCode.Redirect, asked.StatusCode);
        Assert.Equal("/join?returnUrl=%2Frooms%2Fabc%3Fx%3D1", asked.Headers.Location!.ToString());

        var joined = await JoinAsync("  Ada ", asked.Headers.Location.ToString());
        Assert.Equal(HttpStatusCode.Redirect, joined.StatusCode);
        Assert.Equal("/rooms/abc?x=1", new Uri(_browser.BaseAddress!, joined.Headers.Location!).PathAndQuery);
        var cookie = joined.Headers.GetValues("Set-Cookie").Single(c => c.StartsWith("BlazorChat.Person=", StringComparison.Ordinal));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("expires=", cookie, StringComparison.OrdinalIgnoreCase);

        var page = await _browser.GetAsync("/rooms/abc");
        Assert.Equal(HttpStatusCode.NotFound, page.StatusCode);
        Assert.Contains("does not exist", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_says_why_guests_come_in_and_how_to_switch()
    {
        Assert.Contains("while only this computer can reach the server and it has no administrator. To decide it yourself, set <code>Accounts:Guests</code>.", await ReadAsync(), StringComparison.Ordinal);

        // Where a setting says so, it is not about who reaches the server.
        _host = await _host.RestartAsync(settings: [ChatHost.Listening, "--Accounts:Guests=true"]);
        var page = await ReadAsync();
        Assert.Contains("because this server is set up so. To have accounts only, set <code>Accounts:Guests</code> to <code>false</code>.", page, StringComparison.Ordinal);
        Assert.DoesNotContain("only this computer", page, StringComparison.Ordinal);

        // Only whoever runs the server needs to know, and may be who asks from the same machine.
        using var fromAfar = new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri(_host.App.Urls.First()), "/join"));
        fromAfar.Headers.Add("X-Forwarded-For", "203.0.113.7");
        Assert.DoesNotContain("Accounts:Guests", await (await _browser.SendAsync(fromAfar)).Content.ReadAsStringAsync(), StringComparison.Ordinal);

        // Doing as it says leads where it says.
        _host = await _host.RestartAsync(settings: [ChatHost.Listening, "--Accounts:Guests=false"]);
        page = await ReadAsync();
        Assert.Contains("<h1>Sign in</h1>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Accounts:Guests", page, StringComparison.Ordinal);

        async Task<string> ReadAsync()
        {
            using var browser = new HttpClient { BaseAddress = new Uri(_host.App.Urls.First()) };
            return await browser.GetStringAsync("/join");
        }
    }

    [Fact]
    public async Task A_name_that_cannot_be_used_is_refused_with_a_sentence()
    {
        var refused = await JoinAsync(" \u200B ", "/join");
        Assert.Equal(HttpStatusCode.OK, refused.StatusCode);
        Assert.Contains("at least one visible character", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain(_cookies.GetAllCookies(), c => c.Name == "BlazorChat.Person");
    }

    [Fact]
    public async Task A_return_address_elsewhere_is_not_followed()
    {
        var joined = await JoinAsync("Ada", "/join?returnUrl=//elsewhere.example/");
        Assert.Equal("/", new Uri(_browser.BaseAddress!, joined.Headers.Location!).PathAndQuery);
    }

    [Fact]
    public async Task Without_the_forms_token_nobody_joins_or_leaves()
    {
        var joined = await _browser.PostAsync("/join", new FormUrlEncodedContent(new Dictionary<string, string> { ["_handler"] = "join", ["Name"] = "Ada" }));
        Assert.Equal(HttpStatusCode.BadRequest, joined.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await _browser.PostAsync("/leave", null)).StatusCode);
    }

    [Fact]
    public async Task A_copied_cookie_is_void_once_its_person_has_left_also_after_a_restart()
    {
        var room = $"/rooms/{(await _host.RoomAsync()).Id}";
        await JoinAsync("Ada", "/join");
        var copied = _cookies.GetCookies(_browser.BaseAddress!)["BlazorChat.Person"]!.Value;
        using var thief = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = _browser.BaseAddress };
        thief.DefaultRequestHeaders.Add("Cookie", $"BlazorChat.Person={copied}");
        Assert.Equal(HttpStatusCode.OK, (await thief.GetAsync(room)).StatusCode);

        var token = Token().Match(await _browser.GetStringAsync("/account/leave")).Groups["value"].Value;
        var left = await _browser.PostAsync("/leave", new FormUrlEncodedContent(new Dictionary<string, string> { ["__RequestVerificationToken"] = WebUtility.HtmlDecode(token) }));
        Assert.Equal(HttpStatusCode.Redirect, left.StatusCode);
        Assert.StartsWith("/join", Path(await thief.GetAsync(room)), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, (await _browser.GetAsync(room)).StatusCode);

        // Whoever joins again is somebody else, and nobody is shut out.
        await JoinAsync("Ada", "/join");
        Assert.Equal(HttpStatusCode.OK, (await _browser.GetAsync(room)).StatusCode);

        _host = await _host.RestartAsync(settings: [ChatHost.Listening]);
        using var later = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = new Uri(_host.App.Urls.First()) };
        later.DefaultRequestHeaders.Add("Cookie", $"BlazorChat.Person={copied}");
        Assert.StartsWith("/join", Path(await later.GetAsync(room)), StringComparison.Ordinal);
    }

    private static string Path(HttpResponseMessage response) => response.Headers.Location?.OriginalString ?? "";

    [Fact]
    public async Task The_first_HTML_of_a_room_has_its_messages_and_the_answers_of_a_page_are_guarded_by_headers()
    {
        var room = await _host.RoomAsync("Compilers");
        await _host.PostAsync(room, "Hello **there**");
        await JoinAsync("Ada", "/join");
        var page = await _browser.GetAsync($"/rooms/{room.Id}");
        var html = await page.Content.ReadAsStringAsync();
        Assert.Contains("<strong>there</strong>", html, StringComparison.Ordinal);
        Assert.Contains("<title>Compilers", html, StringComparison.Ordinal);
        var policy = page.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("script-src 'self';", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", page.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.DoesNotContain("<script>", html, StringComparison.Ordinal);
        Assert.DoesNotContain(" style=", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_first_HTML_of_a_room_with_fifty_messages_is_small()
    {
        var room = await _host.RoomAsync();
        await _host.Rooms.ChangeAsync(ChatHost.Ada, room.Id, null, null, BlazorChat.Rooms.AnswerMode.WhenMentioned, default);
        for (var i = 0; i < 50; i++)
        {
            await _host.PostAsync(room, $"Message {i}: " + string.Concat(Enumerable.Repeat("about eighty words of text ", 15)), i % 2 == 0 ? ChatHost.Ada : ChatHost.Grace);
        }

        await JoinAsync("Ada", "/join");
        var html = await _browser.GetByteArrayAsync($"/rooms/{room.Id}");
        Assert.InRange(html.Length, 50 * 400, 100 * 1024);
    }

    private async Task<HttpResponseMessage> JoinAsync(string name, string path)
    {
        var form = await _browser.GetStringAsync(path);
        var fields = Hidden().Matches(form).ToDictionary(m => m.Groups["name"].Value, m => WebUtility.HtmlDecode(m.Groups["value"].Value), StringComparer.Ordinal);
        fields["Name"] = name;
        return await _browser.PostAsync("/join", new FormUrlEncodedContent(fields));
    }

    [GeneratedRegex("""name="__RequestVerificationToken" value="(?<value>[^"]*)["]""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Token();

    [GeneratedRegex("""<input type="hidden" name="(?<name>[^"]+)" value="(?<value>[^"]*)" />""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Hidden();
}
