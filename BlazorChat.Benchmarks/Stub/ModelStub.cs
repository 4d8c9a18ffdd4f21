using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BlazorChat.Benchmarks.Stub;

/// <summary>
/// A model's server on this machine, in OpenAI's chat completions protocol: each streaming request gets the next planned
/// response, token by token at an even pace; a request that nobody planned (a title, say) gets one short word.
/// </summary>
internal sealed class ModelStub : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<PlannedResponse> _planned = new();
    private int _responses;

    private ModelStub(WebApplication app) => _app = app;

    /// <summary>What an OpenAI client takes as its endpoint.</summary>
    public Uri Endpoint { get; private set; } = new("http://127.0.0.1/v1");

    /// <summary>Starts it on a free port of the loopback interface.</summary>
    public static async Task<ModelStub> StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var stub = new ModelStub(app);
        app.MapPost("/v1/chat/completions", stub.CompleteAsync);
        app.MapGet("/v1/models", () => Results.Json(new { @object = "list", data = new[] { new { id = "stub", @object = "model" } } }));
        await app.StartAsync(cancellationToken);
        var addresses = app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>();
        stub.Endpoint = new Uri(new Uri(addresses.Addresses.First()), "/v1");
        return stub;
    }

    /// <summary>Says what the next streaming request gets.</summary>
    /// <param name="tokens">How long the response is (see <see cref="ResponseText.Create"/>).</param>
    /// <param name="tokensPerSecond">Its pace.</param>
    public PlannedResponse Plan(int tokens, double tokensPerSecond)
    {
        var response = new PlannedResponse(ResponseText.Create(_responses++, tokens), tokensPerSecond);
        _planned.Enqueue(response);
        return response;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task CompleteAsync(HttpContext context)
    {
        using var request = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        var streaming = request.RootElement.TryGetProperty("stream", out var stream) && stream.GetBoolean();
        if (!streaming)
        {
            await context.Response.WriteAsJsonAsync(CompletionChunks.Whole("Fine."), context.RequestAborted);
            return;
        }

        context.Response.ContentType = "text/event-stream";
        if (_planned.TryDequeue(out var response))
        {
            await response.StreamAsync(context.Response.Body, context.RequestAborted);
        }
        else
        {
            await context.Response.Body.WriteAsync(CompletionChunks.Token("Fine."), context.RequestAborted);
            await context.Response.Body.WriteAsync(CompletionChunks.End(1), context.RequestAborted);
        }
    }
}
