using System.Net;
using System.Text.RegularExpressions;
using BlazorChat.Rooms;
using BlazorChat.Tests.Turns.Engine;
using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.Web;

/// <summary>The whole of a long result over HTTP, as a browser asks for it.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed partial class BlobEndpointTests
{
    private const int Length = 3_000_000;

    [Theory]
    [EveryDatabase]
    public async Task Who_has_joined_gets_the_whole_as_text_and_nothing_through_another_room(TestDatabase database)
    {
        var whole = string.Concat(Enumerable.Repeat("<script>é</script>\n", (Length / 19) + 1))[..Length];
        await using var bench = await TurnBench.ListenAsync(database, TurnBench.Tool("read", () => whole));
        var blob = await BlobAsync(bench);
        using var browser = await JoinAsync(bench);

        using var response = await browser.GetAsync($"/rooms/{bench.Room.Id}/blobs/{blob}");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(whole == await response.Content.ReadAsStringAsync(), "It is not the whole.");
        Assert.Equal("text/plain; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.Equal("inline", response.Content.Headers.ContentDisposition!.ToString());
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        Assert.True(response.Headers.CacheControl is { NoStore: true, Private: true });

        var elsewhere = await bench.Host.RoomAsync("Elsewhere");
        foreach (var path in (string[])[$"{elsewhere.Id}/blobs/{blob}", $"{bench.Room.Id}/blobs/{Guid.NewGuid()}", $"{Guid.NewGuid()}/blobs/{blob}", $"{bench.Room.Id}/blobs/x"])
        {
            using var missing = await browser.GetAsync("/rooms/" + path);
            Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
            Assert.DoesNotContain("<script>é", await missing.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        // What is deleted cannot be downloaded any more.
        Assert.Null((await bench.Host.Rooms.DeleteMessageAsync(ChatHost.Ada, bench.Room.Id, (await bench.StoredAsync()).Id, default)).Error);
        using var gone = await browser.GetAsync($"/rooms/{bench.Room.Id}/blobs/{blob}");
        Assert.Equal(HttpStatusCode.NotFound, gone.StatusCode);
    }

    [Fact]
    public async Task Who_has_not_joined_gets_nothing_of_it()
    {
        await using var bench = await TurnBench.ListenAsync(TestDatabase.Sqlite, TurnBench.Tool("read", () => new string('x', RoomLimits.ToolResultLength + 1)));
        var blob = await BlobAsync(bench);
        using var nobody = Browser(bench);
        using var response = await nobody.GetAsync($"/rooms/{bench.Room.Id}/blobs/{blob}");
        Assert.NotEqual(HttpStatusCode.OK, response.StatusCode);
        Assert.DoesNotContain("xxx", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static async Task<Guid> BlobAsync(TurnBench bench)
    {
        bench.Host.Assistants.Change = r => r with { Tools = ["read"] };
        (await bench.AskAsync()).Call("c1", "read").Finish();
        (await bench.Host.Model.NextAsync()).Finish("Read.");
        return Assert.Single((await bench.EndedAsync()).Calls).BlobId!.Value;
    }

    private static HttpClient Browser(TurnBench bench) =>
        new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(bench.Host.App.Urls.First()) };

    private static async Task<HttpClient> JoinAsync(TurnBench bench)
    {
        var browser = Browser(bench);
        var form = await browser.GetStringAsync("/join");
        var fields = Hidden().Matches(form).ToDictionary(m => m.Groups["name"].Value, m => WebUtility.HtmlDecode(m.Groups["value"].Value), StringComparer.Ordinal);
        fields["Name"] = "Grace";
        using var joined = await browser.PostAsync("/join", new FormUrlEncodedContent(fields));
        Assert.Equal(HttpStatusCode.Redirect, joined.StatusCode);
        return browser;
    }

    [GeneratedRegex("""<input type="hidden" name="(?<name>[^"]+)" value="(?<value>[^"]*)" />""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Hidden();
}
