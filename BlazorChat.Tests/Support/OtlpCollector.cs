using System.Net;
using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace BlazorChat.Tests.Support;

/// <summary>Takes whatever is exported to it by OTLP over HTTP, and remembers it. Names and texts are readable in protobuf's bytes.</summary>
public sealed class OtlpCollector : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Channel<(string Path, string Body)> _received = Channel.CreateUnbounded<(string, string)>();

    private OtlpCollector(WebApplication app) => _app = app;

    /// <summary>Where it listens, without a path.</summary>
    public Uri Address { get; private set; } = null!;

    public static async Task<OtlpCollector> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var collector = new OtlpCollector(app);
        app.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            collector._received.Writer.TryWrite((context.Request.Path, Encoding.UTF8.GetString(body.ToArray())));
        });
        await app.StartAsync();
        collector.Address = new Uri(app.Urls.Single());
        return collector;
    }

    /// <summary>Everything received so far that nobody has read.</summary>
    public IReadOnlyList<(string Path, string Body)> ReadAll()
    {
        var all = new List<(string, string)>();
        while (_received.Reader.TryRead(out var one))
        {
            all.Add(one);
        }

        return all;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
