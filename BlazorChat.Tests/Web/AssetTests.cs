using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.Web;

/// <summary>How scripts and style sheets come to a browser, also from a build that was not published.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed partial class AssetTests
{
    [Fact]
    public async Task They_are_compressed_and_not_sent_again()
    {
        await using var host = await ChatHost.StartAsync(settings: [ChatHost.Listening]);
        using var client = new HttpClient { BaseAddress = new Uri(host.App.Urls.First()) };
        client.DefaultRequestHeaders.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip"));
        var style = Style().Match(await client.GetStringAsync("/join")).Groups["address"].Value;
        foreach (var path in new[] { style, "Components/Messages/MessageList.razor.js", "js/boot.js" })
        {
            var response = await client.GetAsync(path);
            Assert.Equal("gzip", Assert.Single(response.Content.Headers.ContentEncoding));
            var sent = await response.Content.ReadAsByteArrayAsync();
            await using var whole = new GZipStream(new MemoryStream(sent), CompressionMode.Decompress);
            var text = new MemoryStream();
            await whole.CopyToAsync(text);
            Assert.InRange(sent.Length, 1, text.Length / 2);

            using var again = new HttpRequestMessage(HttpMethod.Get, path);
            again.Headers.IfNoneMatch.Add(response.Headers.ETag!);
            Assert.Equal(HttpStatusCode.NotModified, (await client.SendAsync(again)).StatusCode);
            // What has its version in its name is not even asked for.
            Assert.Equal(path == style, response.Headers.CacheControl?.MaxAge > TimeSpan.FromDays(1));
        }
    }

    [GeneratedRegex("<link rel=\"stylesheet\" href=\"(?<address>css/app[^\"]*)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Style();
}
