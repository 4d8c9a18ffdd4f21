using System.Net;
using BlazorChat.Storage;
using BlazorChat.Tests.Support;
using BlazorChat.Web;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BlazorChat.Tests.Web;

/// <summary>Who gets in: by which name, through which proxy, and what the others are told.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class DoorsTests : IAsyncDisposable
{
    private readonly LogCapture _log = new();
    private ChatHost? _host;
    private HttpClient? _client;

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("LOCALHOST:8080")]
    [InlineData("chat.localhost")]
    [InlineData("127.0.0.1")]
    [InlineData("10.1.2.3:5000")]
    [InlineData("192.168.1.2")]
    [InlineData("172.31.255.255")]
    [InlineData("100.64.0.1")]
    [InlineData("[::1]")]
    [InlineData("[fd00::1]:5000")]
    [InlineData("[fe80::1]")]
    [InlineData("[::ffff:192.168.1.2]")]
    public async Task Over_plain_http_it_answers_to_private_addresses_and_localhost(string host)
    {
        await StartAsync();
        using var response = await GetAsync("/join", ("Host", host));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("rebound.evil.example")]
    [InlineData("rebound.evil.example:5000")]
    [InlineData("localhost.evil.example")]
    [InlineData("127.0.0.1.evil.example")]
    [InlineData("evillocalhost")]
    [InlineData("10.1")]
    [InlineData("172.32.0.1")]
    [InlineData("203.0.113.7")]
    [InlineData("[2001:db8::1]")]
    public async Task Another_name_is_refused_with_a_sentence_on_the_page_and_in_the_log(string host)
    {
        await StartAsync();
        foreach (var path in new[] { "/join", "/", "/css/app.css", "/_blazor?id=x" })
        {
            using var response = await GetAsync(path, ("Host", host), ("Origin", $"http://{host}"), ("Accept", "text/html"));
            Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
            var page = await response.Content.ReadAsStringAsync();
            Assert.Contains("AllowedHosts", page, StringComparison.Ordinal);
            Assert.Contains("<h1>This address is not allowed</h1>", page, StringComparison.Ordinal);
        }

        // Once, not once per request.
        Assert.Single(_log.Lines.Select(l => l.Text), line => line.Contains("AllowedHosts", StringComparison.Ordinal));
        using var health = await GetAsync("/health/ready", ("Host", host));
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
    }

    [Fact]
    public async Task The_machines_own_names_and_the_allowed_hosts_are_answered()
    {
        await StartAsync("--AllowedHosts=chat.example.com;*.team.example");
        foreach (var host in new[] { Dns.GetHostName(), $"{Dns.GetHostName()}.local", "chat.example.com", "CHAT.example.com:80", "chat.example.com.", "a.team.example", "a.team.example.:80" })
        {
            using var response = await GetAsync("/join", ("Host", host));
            Assert.Equal((host, HttpStatusCode.OK), (host, response.StatusCode));
        }

        using var other = await GetAsync("/join", ("Host", "other.example.com"));
        Assert.Equal(HttpStatusCode.Forbidden, other.StatusCode);
    }

    [Fact]
    public void A_machines_names_are_its_host_name_with_and_without_its_domain()
    {
        var names = new OwnNames("chat-box", "corp.example");
        Assert.All(["chat-box", "CHAT-BOX", "chat-box.", "chat-box.local", "chat-box.corp.example"], name => Assert.True(names.Contains(name)));
        Assert.All(["other-box", "chat-box.evil.example", "corp.example", ""], name => Assert.False(names.Contains(name)));
    }

    [Fact]
    public async Task Forwarded_headers_of_nobody_in_particular_are_ignored_and_the_page_names_the_setting()
    {
        await StartAsync("--ForwardedHeaders_Enabled=true");
        Assert.Contains(_log.Lines.Select(l => l.Text), line => line.Contains("ASPNETCORE_FORWARDEDHEADERS_ENABLED has no effect", StringComparison.Ordinal) && line.Contains("TrustedProxies", StringComparison.Ordinal));
        using var refused = await GetAsync("/join", ("Host", "chat.example.com"), ("X-Forwarded-Proto", "https"), ("Accept", "text/html"));
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        var page = await refused.Content.ReadAsStringAsync();
        Assert.Contains("set TrustedProxies", page, StringComparison.Ordinal);
        Assert.Contains("ASPNETCORE_FORWARDEDHEADERS_ENABLED has no effect", page, StringComparison.Ordinal);

        using var asked = await GetAsync("/join", ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Prefix", "/evil"));
        Assert.Equal(HttpStatusCode.OK, asked.StatusCode);
        Assert.DoesNotContain(asked.Headers.GetValues("Set-Cookie"), cookie => cookie.Contains("secure", StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain("evil", await asked.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_trusted_proxy_vouches_for_the_name_by_https()
    {
        await StartAsync("--TrustedProxies=192.0.2.1, 127.0.0.0/8");
        using var asked = await GetAsync("/", ("Host", "127.0.0.1"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "chat.example.com"));
        Assert.Equal(HttpStatusCode.Redirect, asked.StatusCode);
        Assert.Equal("/join?returnUrl=%2F", asked.Headers.Location!.ToString());
        using var page = await GetAsync("/join", ("Host", "chat.example.com"), ("X-Forwarded-Proto", "https"));
        Assert.Contains(page.Headers.GetValues("Set-Cookie"), cookie => cookie.Contains("secure", StringComparison.OrdinalIgnoreCase));

        using var plain = await GetAsync("/join", ("Host", "chat.example.com"), ("X-Forwarded-Proto", "http"));
        Assert.Equal(HttpStatusCode.Forbidden, plain.StatusCode);
    }

    [Theory]
    [InlineData("http", "http://192.168.1.2:6540", "127.0.0.1:6510", false)]
    [InlineData("http", "https://192.168.1.2", "192.168.1.2", false)]
    [InlineData("http", "http://192.168.1.2", "192.168.1.2", true)]
    [InlineData("http", "http://192.168.1.2", "192.168.1.2:80", true)]
    [InlineData("http", "http://192.168.1.2:5000", "192.168.1.2", false)]
    [InlineData("https", "https://chat.example.com", "chat.example.com", true)]
    [InlineData("https", "http://chat.example.com", "chat.example.com", false)]
    public async Task A_form_is_taken_from_the_same_scheme_host_and_port_and_anything_else_is_told_why(string scheme, string origin, string host, bool isTaken)
    {
        await StartAsync("--TrustedProxies=127.0.0.1");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/join") { Content = new FormUrlEncodedContent([]) };
        request.Headers.Host = host;
        request.Headers.Add("Origin", origin);
        request.Headers.Add("X-Forwarded-Proto", scheme);
        request.Headers.Add("Accept", "text/html");
        using var response = await _client!.SendAsync(request);
        // Without the form's token, the form itself refuses.
        Assert.Equal(isTaken ? HttpStatusCode.BadRequest : HttpStatusCode.Forbidden, response.StatusCode);
        var sentence = $"The browser sent this request from {origin}, but it arrived here for {scheme}://{host}.";
        Assert.Equal(!isTaken, (await response.Content.ReadAsStringAsync()).Contains(sentence, StringComparison.Ordinal));
        Assert.Equal(!isTaken, _log.Lines.Select(l => l.Text).Any(line => line.Contains(sentence, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Behind_nginx_with_the_shortest_configuration_a_page_of_the_local_network_says_what_to_change()
    {
        await StartAsync();
        await using var nginx = await ReverseProxy.NginxAsync($"location / {{ proxy_pass {_host!.App.Urls.Single()}; }}");
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(nginx.Address, "/join")) { Content = new FormUrlEncodedContent([]) };
        request.Headers.Host = "192.168.1.2:6540";
        request.Headers.Add("Origin", "http://192.168.1.2:6540");
        request.Headers.Add("Accept", "text/html");
        using var response = await _client!.SendAsync(request);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Contains("proxy_set_header Host $http_host;", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains(_log.Lines.Select(l => l.Text), line => line.Contains("proxy_set_header Host $http_host;", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Behind_a_trusted_Caddy_the_address_of_the_browser_is_known_and_cannot_be_made_up()
    {
        await StartAsync("--TrustedProxies=127.0.0.1");
        await using var caddy = await ReverseProxy.CaddyAsync($"reverse_proxy {new Uri(_host!.App.Urls.Single()).Authority}");
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(caddy.Address, "/join"));
        // Caddy replaces what clients say about themselves.
        request.Headers.Add("X-Forwarded-Proto", "https");
        request.Headers.Add("X-Forwarded-Host", "evil.example");
        using var response = await _client!.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.DoesNotContain(response.Headers.GetValues("Set-Cookie"), cookie => cookie.Contains("secure", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Pages_answer_a_request_for_their_head()
    {
        await StartAsync();
        foreach (var (path, status) in new[] { ("/join", HttpStatusCode.OK), ("/", HttpStatusCode.Redirect), ("/css/app.css", HttpStatusCode.OK), ("/health/live", HttpStatusCode.OK) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Head, path);
            using var response = await _client!.SendAsync(request);
            Assert.Equal((path, status), (path, response.StatusCode));
            Assert.Empty(await response.Content.ReadAsByteArrayAsync());
        }
    }

    [Fact]
    public async Task Nobody_opens_a_circuit_without_having_joined()
    {
        await StartAsync();
        using var response = await _client!.PostAsync("/_blazor/negotiate?negotiateVersion=1", null);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Contains("Join first", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Below_a_path_everything_that_a_page_refers_to_has_the_path()
    {
        await StartAsync("--PathBase=/team/chat/");
        foreach (var prefix in new[] { "/team/chat", "" })
        {
            using var start = await GetAsync(prefix + "/rooms/abc?x=1");
            Assert.Equal("/team/chat/join?returnUrl=%2Fteam%2Fchat%2Frooms%2Fabc%3Fx%3D1", start.Headers.Location!.ToString());
            using var page = await GetAsync(prefix + "/join?returnUrl=%2Fteam%2Fchat%2F..%2Felsewhere");
            var html = await page.Content.ReadAsStringAsync();
            Assert.Contains("""<base href="/team/chat/" """.TrimEnd(), html, StringComparison.Ordinal);
            Assert.Contains("value=\"/team/chat/\"", html, StringComparison.Ordinal);
            Assert.DoesNotMatch("(href|src|action)=\"/(?!team/chat/)", html);
            Assert.All(page.Headers.GetValues("Set-Cookie"), cookie => Assert.Contains("path=/team/chat", cookie, StringComparison.Ordinal));
            using var style = await GetAsync(prefix + "/css/app.css");
            Assert.Equal(HttpStatusCode.OK, style.StatusCode);
        }

        using var bare = await GetAsync("/team/chat?x=1");
        Assert.Equal("/team/chat/?x=1", bare.Headers.Location!.ToString());
        using var head = await _client!.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/team/chat"));
        Assert.Equal("/team/chat/", head.Headers.Location!.ToString());
        using var page2 = await GetAsync("/team/chat/join?returnUrl=%2Fteam%2Fchat");
        Assert.Contains("value=\"/team/chat/\"", await page2.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http", "localhost:65536")]
    [InlineData("http", "[::1]:70000")]
    [InlineData("http", "10.0.0.1:99999")]
    [InlineData("https", "chat.example.com:99999")]
    [InlineData("https", "chat..example.com")]
    [InlineData("https", ".")]
    [InlineData("https", "xn--999999999")]
    [InlineData("https", "a'b")]
    [InlineData("https", "a$b")]
    [InlineData("https", "~")]
    public async Task A_host_that_no_address_can_have_is_told_so_and_is_no_error_of_the_server(string scheme, string host)
    {
        await StartAsync("--TrustedProxies=127.0.0.1");
        foreach (var path in new[] { "/", "/join", "/css/app.css" })
        {
            var answer = await AskAsync($"GET {path} HTTP/1.1\r\nHost: {host}\r\nX-Forwarded-Proto: {scheme}\r\nConnection: close\r\n\r\n");
            Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
            Assert.Contains("which no address can have as its host", answer, StringComparison.Ordinal);
        }

        Assert.DoesNotContain(_log.Lines, line => line.Level >= LogLevel.Error);
    }

    [Fact]
    public async Task A_request_that_names_no_host_is_refused_over_https_too()
    {
        await StartAsync("--TrustedProxies=127.0.0.1");
        var answer = await AskAsync("GET /join HTTP/1.0\r\nX-Forwarded-Proto: https\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 403 ", answer, StringComparison.Ordinal);
        Assert.Contains("The request names no host.", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTPS")]
    [InlineData("Https")]
    public async Task A_scheme_may_be_written_in_capitals(string scheme)
    {
        await StartAsync("--TrustedProxies=127.0.0.1");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/join") { Content = new FormUrlEncodedContent([]) };
        request.Headers.Host = "chat.example.com";
        request.Headers.Add("Origin", "https://chat.example.com");
        request.Headers.Add("X-Forwarded-Proto", scheme);
        using var response = await _client!.SendAsync(request);
        // Past the doors: without the form's token, the form itself refuses.
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.DoesNotContain("The browser sent this request from", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("X-Forwarded-Proto", "http")]
    [InlineData("Forwarded", "proto=https;host=chat.example.com")]
    [InlineData("X-Forwarded-Ssl", "on")]
    [InlineData("X-Forwarded-Scheme", "https")]
    public async Task Behind_a_trusted_proxy_that_does_not_say_https_the_page_names_the_header_and_not_the_setting(string name, string value)
    {
        await StartAsync("--TrustedProxies=127.0.0.1");
        using var refused = await GetAsync("/join", ("Host", "chat.example.com"), ("X-Forwarded-For", "203.0.113.5"), (name, value));
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        var reason = await refused.Content.ReadAsStringAsync();
        Assert.Contains("have it send X-Forwarded-Proto: https", reason, StringComparison.Ordinal);
        Assert.DoesNotContain("TrustedProxies", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Behind_a_trusted_proxy_that_changes_the_host_nobody_is_told_to_trust_it()
    {
        await StartAsync("--TrustedProxies=127.0.0.1");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/join") { Content = new FormUrlEncodedContent([]) };
        request.Headers.Host = "inner.example";
        request.Headers.Add("Origin", "https://chat.example.com");
        request.Headers.Add("X-Forwarded-Proto", "https");
        request.Headers.Add("X-Forwarded-For", "203.0.113.5");
        using var response = await _client!.SendAsync(request);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        var reason = await response.Content.ReadAsStringAsync();
        Assert.Contains("pass on the Host header", reason, StringComparison.Ordinal);
        Assert.DoesNotContain("TrustedProxies", reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PathBase", "chat")]
    [InlineData("PathBase", "/a//b")]
    [InlineData("PathBase", "/a/../b")]
    [InlineData("PathBase", "/a b")]
    [InlineData("PathBase", "/rooms")]
    [InlineData("PathBase", "/_blazor/x")]
    [InlineData("TrustedProxies", "nginx")]
    [InlineData("TrustedProxies", "10.0.0.0/33")]
    [InlineData("AllowedHosts", "https://chat.example.com")]
    [InlineData("AllowedHosts", "chat.example.com:5000")]
    [InlineData("AllowedHosts", "chat.example.com/x")]
    public void A_setting_that_cannot_be_used_stops_the_start_by_name(string setting, string value) =>
        Assert.Contains($"The setting {setting} ", Assert.Throws<StartException>(() => Read((setting, value))).Message, StringComparison.Ordinal);

    [Fact]
    public void Lists_are_read_from_one_value_and_from_an_array()
    {
        var options = Read(("TrustedProxies", "192.0.2.1; unix"), ("TrustedProxies:0", "2001:db8::/32"), ("AllowedHosts:0", "*"), ("PathBase", "/"));
        Assert.True(options.Trusts(IPAddress.Parse("192.0.2.1")) && options.Trusts(IPAddress.Parse("::ffff:192.0.2.1")) && options.Trusts(IPAddress.Parse("2001:db8::5")) && options.Trusts(null));
        Assert.False(options.Trusts(IPAddress.Loopback) || Read().Trusts(null));
        Assert.Equal(["*"], options.AllowedHosts);
        Assert.False(options.PathBase.HasValue);
    }

    private static DoorOptions Read(params (string Name, string Value)[] settings) =>
        DoorOptions.Read(new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Name, (string?)s.Value))).Build());

    private async Task StartAsync(params string[] settings)
    {
        _host = await ChatHost.StartAsync(builder => builder.Logging.AddProvider(_log), settings: [ChatHost.Listening, .. settings]);
        _client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri(_host.App.Urls.Single()) };
    }

    // HttpClient would refuse to send such requests.
    private async Task<string> AskAsync(string request)
    {
        var address = new Uri(_host!.App.Urls.Single());
        using var tcp = new System.Net.Sockets.TcpClient(address.Host, address.Port);
        await tcp.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes(request));
        using var reader = new StreamReader(tcp.GetStream());
        return await reader.ReadToEndAsync();
    }

    private Task<HttpResponseMessage> GetAsync(string path, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return _client!.SendAsync(request);
    }
}
