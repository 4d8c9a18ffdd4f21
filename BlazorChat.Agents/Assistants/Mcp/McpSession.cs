using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace BlazorChat.Assistants.Mcp;

/// <summary>One connection to a server, from its handshake until either side ends it.</summary>
internal sealed class McpSession : IAsyncDisposable
{
    /// <summary>The most bytes of one message of a server. The longest allowed result fits, even with escapes.</summary>
    public const long MessageBytes = 64_000_000;

    private static readonly TimeSpan ExitGrace = TimeSpan.FromSeconds(1);

    private readonly McpServerOptions _options;
    private readonly McpClient _client;
    private readonly McpServerProcess? _process;
    private readonly HttpClient? _http;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _closed = new();
    private readonly Channel<bool> _wake;
    private readonly ConcurrentDictionary<string, IProgress<ProgressNotificationValue>> _progress;
    private readonly Task _watch;
    private int _calls;
    private int _lastCall;

    private McpSession(
        McpServerOptions options,
        McpClient client,
        McpServerProcess? process,
        HttpClient? http,
        Channel<bool> wake,
        ConcurrentDictionary<string, IProgress<ProgressNotificationValue>> progress,
        ILogger log)
    {
        _options = options;
        _client = client;
        _process = process;
        _http = http;
        _wake = wake;
        _progress = progress;
        _log = log;
        ClosedToken = _closed.Token;
        _watch = WatchAsync();
    }

    /// <summary>Canceled when the session has ended.</summary>
    public CancellationToken ClosedToken { get; }

    /// <summary>Whether calls are running.</summary>
    public bool IsBusy => Volatile.Read(ref _calls) > 0;

    /// <summary>Signals that the server should be checked: its tools changed, or a call failed. Several signals count as one.</summary>
    public ChannelReader<bool> Wakes => _wake.Reader;

    /// <summary>Starts or reaches a server and performs the handshake.</summary>
    public static async Task<McpSession> OpenAsync(McpServerOptions options, ILogger log, CancellationToken cancellationToken)
    {
        var wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        var progress = new ConcurrentDictionary<string, IProgress<ProgressNotificationValue>>(StringComparer.Ordinal);
        var client = new McpClientOptions
        {
            ClientInfo = new Implementation { Name = "BlazorChat", Version = typeof(McpSession).Assembly.GetName().Version?.ToString(3) ?? "1.0.0" },
            // The caller's token bounds it.
            InitializationTimeout = Timeout.InfiniteTimeSpan,
            Handlers = new McpClientHandlers
            {
                NotificationHandlers =
                [
                    new(NotificationMethods.ToolListChangedNotification, (_, _) =>
                    {
                        wake.Writer.TryWrite(true);
                        return ValueTask.CompletedTask;
                    }),
                    new(NotificationMethods.ProgressNotification, (notification, _) =>
                    {
                        if (notification.Params.Deserialize<ProgressNotificationParams>(McpJsonUtilities.DefaultOptions) is { ProgressToken.Token: string call } news
                            && progress.TryGetValue(call, out var listener))
                        {
                            listener.Report(news.Progress);
                        }

                        return ValueTask.CompletedTask;
                    }),
                ],
            },
        };
        var process = options.Command is null ? null : McpServerProcess.Start(options, log);
        var http = options.Command is null ? McpHttpHandler.CreateClient(new Uri(options.Url!)) : null;
        try
        {
            // The library gets no logger: it would log the contents of messages.
            IClientTransport transport = process is null
                ? new HttpClientTransport(Http(options), http!, loggerFactory: null, ownsHttpClient: false)
                : new StreamClientTransport(process.Input, new WholeCharactersStream(new MessageBoundStream(process.Output, MessageBytes, newlines: 1)));
            var connected = await McpClient.CreateAsync(transport, client, loggerFactory: null, cancellationToken).ConfigureAwait(false);
            return new McpSession(options, connected, process, http, wake, progress, log);
        }
        catch when (process is null)
        {
            http!.Dispose();
            throw;
        }
        catch
        {
            // The output ends a moment before the process does, and the exit code says more.
            await Task.WhenAny(process!.Exited, Task.Delay(ExitGrace, cancellationToken)).ConfigureAwait(false);
            var exitCode = process.Exited.IsCompleted ? process.ExitCode : (int?)null;
            await process.DisposeAsync().ConfigureAwait(false);
            if (exitCode is { } code)
            {
                throw new McpServerExitedException(code);
            }

            throw;
        }
    }

    /// <summary>Requests one page of the server's tools, as JSON: with the library's types, one tool that is not valid would cost all of them.</summary>
    public async Task<JsonElement> ListAsync(string? cursor, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, ClosedToken);
        return await _client.SendRequestAsync<ListToolsRequestParams, JsonElement>(
            RequestMethods.ToolsList, new ListToolsRequestParams { Cursor = cursor }, McpJsonUtilities.DefaultOptions, cancellationToken: either.Token).ConfigureAwait(false);
    }

    /// <summary>Whether the server has forgotten the session.</summary>
    public bool IsForgotten { get; private set; }

    /// <summary>Ends the session, because its server has forgotten it.</summary>
    public Task ForgetAsync()
    {
        IsForgotten = true;
        return _closed.CancelAsync();
    }

    /// <summary>
    /// Calls a tool. On cancellation, the server is told, but no one waits for it or for a server that does not listen.
    /// </summary>
    public async Task<CallToolResult> CallAsync(
        string tool, IReadOnlyDictionary<string, object?> arguments, IProgress<ProgressNotificationValue>? progress, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, ClosedToken);
        var id = $"call-{Interlocked.Increment(ref _lastCall)}";
        if (progress is not null)
        {
            _progress[id] = progress;
        }

        Interlocked.Increment(ref _calls);
        try
        {
            var parameters = new CallToolRequestParams
            {
                Name = tool,
                Arguments = arguments.ToDictionary(
                    argument => argument.Key, argument => JsonSerializer.SerializeToElement(argument.Value, McpJsonUtilities.DefaultOptions), StringComparer.Ordinal),
                Meta = progress is null ? null : new JsonObject { ["progressToken"] = id },
            };
            return await _client.SendRequestAsync<CallToolRequestParams, CallToolResult>(
                RequestMethods.ToolsCall, parameters, McpJsonUtilities.DefaultOptions, new RequestId(id), either.Token).ConfigureAwait(false);
        }
        catch when (cancellationToken.IsCancellationRequested)
        {
            // The library has told the server. Nothing is wrong with it.
            throw;
        }
        catch
        {
            // Either the call failed or the session is lost: a check will show which.
            _wake.Writer.TryWrite(true);
            throw;
        }
        finally
        {
            Interlocked.Decrement(ref _calls);
            _progress.TryRemove(id, out _);
        }
    }

    /// <summary>Why the session ended, for people. Call it only afterwards.</summary>
    public string WhyClosed() => _process is { Exited.IsCompleted: true }
        ? McpFailures.Exited(_options, _process.ExitCode)
        : McpFailures.Closed(_options);

    public async ValueTask DisposeAsync()
    {
        await _closed.CancelAsync().ConfigureAwait(false);
        if (_process is not null)
        {
            // Before the client, which waits for the end of the program's output.
            await _process.DisposeAsync().ConfigureAwait(false);
        }

        await _client.DisposeAsync().ConfigureAwait(false);
        _http?.Dispose();
        await _watch.ConfigureAwait(false);
        _closed.Dispose();
    }

    private static HttpClientTransportOptions Http(McpServerOptions options) => new()
    {
        Endpoint = new Uri(options.Url!),
        Name = options.Name,
        AdditionalHeaders = new Dictionary<string, string>(options.Headers, StringComparer.OrdinalIgnoreCase),
        ConnectionTimeout = options.ConnectTimeout,
        TransportMode = options.Transport.ToUpperInvariant() switch
        {
            "SSE" => HttpTransportMode.Sse,
            "STREAMABLE-HTTP" => HttpTransportMode.StreamableHttp,
            _ => HttpTransportMode.AutoDetect,
        },
    };

    private async Task WatchAsync()
    {
        // Not only for the end of the output: a child of the server may hold it open.
        await Task.WhenAny(_client.Completion, _process?.Exited ?? Task.Delay(Timeout.Infinite, ClosedToken)).ConfigureAwait(false);
        if (_process is not null)
        {
            await Task.WhenAny(_process.Exited, Task.Delay(ExitGrace, ClosedToken)).ConfigureAwait(false);
        }

        if (!ClosedToken.IsCancellationRequested)
        {
            await _closed.CancelAsync().ConfigureAwait(false);
        }
    }
}

/// <summary>A server's program ended before the handshake was complete.</summary>
/// <param name="exitCode">Its exit code.</param>
internal sealed class McpServerExitedException(int exitCode) : IOException($"The program ended with exit code {exitCode}.")
{
    public int ExitCode => exitCode;
}
