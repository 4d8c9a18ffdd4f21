using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace BlazorChat.Tests.Support;

/// <summary>
/// A model server that says exactly what a test tells it to, byte by byte, for what a well-behaved one cannot be made to do.
/// Every request takes the next script of the queue; without one it is answered with 501 and fails whatever waits for it.
/// </summary>
public sealed class ModelStub : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Func<StubExchange, Task>> _scripts = new();
    private readonly ConcurrentQueue<StubExchange> _requests = new();
    private readonly Channel<StubExchange> _arrivals = Channel.CreateUnbounded<StubExchange>();

    private ModelStub(WebApplication app) => _app = app;

    /// <summary>Where it listens, without a path.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>What it says of its models when it is asked as an Ollama server is. Such requests take no script and are not counted.</summary>
    public OllamaStub Ollama { get; } = new();

    /// <summary>Every request so far, in order of arrival.</summary>
    public IReadOnlyList<StubExchange> Requests => [.. _requests];

    public static async Task<ModelStub> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var stub = new ModelStub(app);
        app.Run(stub.AnswerAsync);
        await app.StartAsync();
        stub.Address = new Uri(app.Urls.Single());
        return stub;
    }

    /// <summary>Adds the script of the next request that has none yet. When it returns, the response ends cleanly.</summary>
    public void Enqueue(Func<StubExchange, Task> script) => _scripts.Enqueue(script);

    /// <summary>A whole response at once.</summary>
    public void Enqueue(int status, string contentType, string body, params (string Name, string Value)[] headers) =>
        Enqueue(async exchange =>
        {
            await exchange.StartAsync(status, contentType, headers);
            await exchange.WriteAsync(body);
        });

    /// <summary>A stream of server-sent events that ends cleanly.</summary>
    public void EnqueueStream(params string[] events) =>
        Enqueue(async exchange =>
        {
            await exchange.StartStreamAsync();
            foreach (var text in events)
            {
                await exchange.WriteAsync(text);
            }
        });

    /// <summary>The next request that nobody has waited for yet.</summary>
    public async Task<StubExchange> NextRequestAsync() => await _arrivals.Reader.ReadAsync().AsTask().Soon();

    public async ValueTask DisposeAsync()
    {
        foreach (var exchange in _requests)
        {
            // A script may still hold its response open.
            exchange.Reset();
        }

        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var exchange = new StubExchange(context, await reader.ReadToEndAsync());
        if (await Ollama.TryAnswerAsync(exchange))
        {
            return;
        }

        _requests.Enqueue(exchange);
        _arrivals.Writer.TryWrite(exchange);
        if (!_scripts.TryDequeue(out var script))
        {
            context.Response.StatusCode = StatusCodes.Status501NotImplemented;
            return;
        }

        try
        {
            await script(exchange);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // The script wrote to a client that had gone.
        }
        finally
        {
            exchange.SetEnded();
        }
    }
}
