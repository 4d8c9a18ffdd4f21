using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace BlazorChat.Tests.Support;

/// <summary>One request to a <see cref="ModelStub"/> and the response to it.</summary>
public sealed class StubExchange
{
    private readonly HttpContext _context;
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _ended;

    public StubExchange(HttpContext context, string body)
    {
        _context = context;
        Path = context.Request.Path;
        Headers = context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        Body = body;
        context.RequestAborted.Register(() => _closed.TrySetResult());
    }

    public string Path { get; }

    public IReadOnlyDictionary<string, string> Headers { get; }

    /// <summary>The request's body as it came.</summary>
    public string Body { get; }

    /// <summary>The request's body as JSON.</summary>
    public JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Body);

    /// <summary>Completes when the client has closed the connection in the middle of the response.</summary>
    public Task Closed => _closed.Task;

    /// <summary>Sends status and headers.</summary>
    public async Task StartAsync(int status, string contentType, params (string Name, string Value)[] headers)
    {
        _context.Response.StatusCode = status;
        _context.Response.ContentType = contentType;
        _context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        foreach (var (name, value) in headers)
        {
            _context.Response.Headers[name] = value;
        }

        await _context.Response.StartAsync();
    }

    /// <summary>Begins a stream of server-sent events.</summary>
    public Task StartStreamAsync() => StartAsync(StatusCodes.Status200OK, "text/event-stream");

    /// <summary>Sends text at once.</summary>
    public Task WriteAsync(string text) => WriteAsync(Encoding.UTF8.GetBytes(text));

    /// <summary>Sends bytes at once, whatever they are cut through.</summary>
    /// <exception cref="OperationCanceledException">The client has gone. The server itself would drop the bytes, and a script without an end would go on for ever.</exception>
    public async Task WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        _context.RequestAborted.ThrowIfCancellationRequested();
        await _context.Response.Body.WriteAsync(bytes);
        await _context.Response.Body.FlushAsync();
    }

    /// <summary>Says nothing more and holds the connection open until the client goes.</summary>
    public Task StallAsync() => Closed;

    /// <summary>Breaks the connection; nothing once the response has ended.</summary>
    public void Reset()
    {
        if (!_ended)
        {
            _context.Abort();
        }
    }

    /// <summary>Says that the script has returned: the response belongs to the server now.</summary>
    internal void SetEnded() => _ended = true;
}
