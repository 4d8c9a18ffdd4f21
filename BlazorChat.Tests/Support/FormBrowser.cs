using System.Net;
using System.Text.RegularExpressions;

namespace BlazorChat.Tests.Support;

/// <summary>A browser as far as pages with forms go: its cookies, and forms that are filled in and sent as they came.</summary>
public sealed partial class FormBrowser : IDisposable
{
    public const string PersonCookie = "BlazorChat.Person";

    private readonly HttpClient _client;

    // Of the page that was opened last, from which forms are sent.
    private string? _referrerPolicy;

    public FormBrowser(Uri address)
    {
        Address = address;
        _client = new HttpClient(new SocketsHttpHandler { CookieContainer = Cookies, AllowAutoRedirect = false }) { BaseAddress = address };
    }

    public Uri Address { get; }

    public CookieContainer Cookies { get; } = new();

    /// <summary>Headers that go with each request.</summary>
    public System.Net.Http.Headers.HttpRequestHeaders Headers => _client.DefaultRequestHeaders;

    public string? Person
    {
        get => Cookies.GetCookies(Address)[PersonCookie]?.Value;
        set => Cookies.Add(Address, new Cookie(PersonCookie, value) { Path = "/" });
    }

    public Task<HttpResponseMessage> GetAsync(string path) => _client.GetAsync(path);

    /// <summary>A page's text, wherever it was led to.</summary>
    public async Task<string> ReadAsync(string path)
    {
        for (var hops = 0; hops < 5; hops++)
        {
            using var response = await _client.GetAsync(path);
            if (response.Headers.Location is not { } location)
            {
                _referrerPolicy = PolicyOf(response);
                return WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync());
            }

            path = location.ToString();
        }

        throw new InvalidOperationException($"{path} leads nowhere.");
    }

    /// <summary>Sends a page's form.</summary>
    /// <param name="path">The page.</param>
    /// <param name="handler">The form's name.</param>
    /// <param name="fields">What is filled in.</param>
    public async Task<(HttpStatusCode Status, string Text, HttpResponseMessage Response)> SendAsync(string path, string handler, params (string Name, string Value)[] fields)
    {
        using var response = await _client.GetAsync(path);
        response.EnsureSuccessStatusCode();
        _referrerPolicy = PolicyOf(response);
        return await PostAsync(path, await response.Content.ReadAsStringAsync(), handler, fields);
    }

    /// <summary>Sends a form of a page that was read before.</summary>
    public async Task<(HttpStatusCode Status, string Text, HttpResponseMessage Response)> PostAsync(string path, string page, string handler, params (string Name, string Value)[] fields)
    {
        var form = Form().Matches(page).Select(m => m.Groups["inner"].Value).FirstOrDefault(f => f.Contains($"value=\"{handler}\"", StringComparison.Ordinal))
            ?? throw new InvalidOperationException($"There is no form {handler} at {path}: {page}");
        var content = Hidden().Matches(form).ToDictionary(m => m.Groups["name"].Value, m => WebUtility.HtmlDecode(m.Groups["value"].Value), StringComparer.Ordinal);
        foreach (var (name, value) in fields)
        {
            content[name] = value;
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(content) };
        if (!Headers.Contains("Origin"))
        {
            // As the Fetch standard has it, of a page over plain http: such a browser sends no Sec-Fetch-Site.
            request.Headers.Add("Origin", _referrerPolicy == "no-referrer" ? "null" : Address.GetLeftPart(UriPartial.Authority));
        }

        var response = await _client.SendAsync(request);
        _referrerPolicy = PolicyOf(response);
        return (response.StatusCode, WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync()), response);
    }

    public async Task JoinAsync(string name) => Assert.Equal(HttpStatusCode.Redirect, (await SendAsync("/join", "join", ("Name", name))).Status);

    public Task<(HttpStatusCode Status, string Text, HttpResponseMessage Response)> SignInAsync(string name, string password) =>
        SendAsync("/account/sign-in", "sign-in", ("Name", name), ("Password", password));

    public async Task LeaveAsync(string page)
    {
        var token = Hidden().Matches(await _client.GetStringAsync(page)).First(m => m.Groups["name"].Value == "__RequestVerificationToken").Groups["value"].Value;
        var left = await _client.PostAsync("/leave", new FormUrlEncodedContent([KeyValuePair.Create("__RequestVerificationToken", WebUtility.HtmlDecode(token))]));
        Assert.Equal(HttpStatusCode.Redirect, left.StatusCode);
    }

    public void Dispose() => _client.Dispose();

    private static string? PolicyOf(HttpResponseMessage response) => response.Headers.TryGetValues("Referrer-Policy", out var values) ? values.Last() : null;

    [GeneratedRegex("<form\\b[^>]*>(?<inner>.*?)</form>", RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Form();

    [GeneratedRegex("""<input type="hidden" name="(?<name>[^"]+)" value="(?<value>[^"]*)"[^>]*>""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Hidden();
}
