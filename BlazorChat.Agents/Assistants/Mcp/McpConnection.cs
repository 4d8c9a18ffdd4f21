using BlazorChat.Turns.Tools;

namespace BlazorChat.Assistants.Mcp;

/// <summary>Keeps one server connected.</summary>
internal sealed class McpConnection(McpServer server, TimeProvider time, ILogger log)
{
    /// <summary>The wait after the first failure; each further failure doubles it.</summary>
    public static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait. A connection that lasts this long resets the wait.</summary>
    public static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(60);

    /// <summary>How often an idle server is asked for its tools. Without this, BlazorChat would not notice that an HTTP server is gone, or that a server which sends no notices has changed its tools.</summary>
    public static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(30);

    /// <summary>The shortest time between two requests for the tools, however often a server says that they changed.</summary>
    public static readonly TimeSpan LookPause = TimeSpan.FromSeconds(1);

    private readonly McpServerOptions _options = server.Options;

    /// <summary>Runs until canceled.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        var delay = FirstDelay;
        while (true)
        {
            var connectedAt = (long?)null;
            string sentence;
            var isForgotten = false;
            try
            {
                sentence = await OneSessionAsync(() => connectedAt = time.GetTimestamp(), stopping).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // An error of one server is shown and retried; nothing else in the application depends on it.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                sentence = McpFailures.Message(_options, exception);
                isForgotten = McpFailures.Find<McpSessionUnknownException>(exception) is not null;
            }

            if (isForgotten && connectedAt is not null)
            {
                // The server is there: it only wants another handshake.
                server.Away(new McpServerState.Connecting());
                continue;
            }

            if (connectedAt is { } began && time.GetElapsedTime(began) >= LongestDelay)
            {
                delay = FirstDelay;
            }

            McpLog.Failed(log, server.Name, delay, sentence);
            var waiting = Task.Delay(delay, time, stopping);
            server.Away(new McpServerState.Failed(sentence, time.GetUtcNow() + delay));
            await waiting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stopping.IsCancellationRequested)
            {
                return;
            }

            delay = TimeSpan.FromTicks(Math.Min(delay.Ticks * 2, LongestDelay.Ticks));
            server.Away(new McpServerState.Connecting());
        }
    }

    /// <summary>Runs one session, and returns why it ended.</summary>
    private async Task<string> OneSessionAsync(Action connected, CancellationToken stopping)
    {
        var opened = await WithinTimeAsync(token => McpSession.OpenAsync(_options, log, token), stopping).ConfigureAwait(false);
        await using var _ = opened.ConfigureAwait(false);
        try
        {
            var catalog = await LookAsync(opened, stopping).ConfigureAwait(false);
            connected();
            Publish(opened, catalog, time.GetUtcNow());
            McpLog.Connected(log, server.Name, catalog.Tools.Count);
            await StayAsync(opened, catalog, stopping).ConfigureAwait(false);
            return opened.IsForgotten ? throw new McpSessionUnknownException() : opened.WhyClosed();
        }
        catch (Exception exception) when (opened.ClosedToken.IsCancellationRequested && !stopping.IsCancellationRequested && exception is not McpSessionUnknownException)
        {
            return opened.IsForgotten ? throw new McpSessionUnknownException() : opened.WhyClosed();
        }
    }

    /// <summary>Checks the server's tools regularly, and on request, until the session ends.</summary>
    private async Task StayAsync(McpSession session, McpCatalog catalog, CancellationToken stopping)
    {
        while (!session.ClosedToken.IsCancellationRequested)
        {
            await WaitForAsync(LookPause, null, session, stopping).ConfigureAwait(false);
            await WaitForAsync(LookInterval - LookPause, session, session, stopping).ConfigureAwait(false);
            if (session.ClosedToken.IsCancellationRequested)
            {
                return;
            }

            McpCatalog next;
            try
            {
                next = await LookAsync(session, stopping).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (session.IsBusy && !stopping.IsCancellationRequested)
            {
                // A program may do one thing at a time. It is working, which says more than a response would.
                continue;
            }

            if (!next.Tools.SequenceEqual(catalog.Tools) || next.Notice != catalog.Notice)
            {
                Publish(session, next, ((McpServerState.Connected)server.State).Since);
                McpLog.ToolsChanged(log, server.Name, next.Tools.Count);
                catalog = next;
            }
        }
    }

    /// <summary>Waits until the time is over, the session ends or, if given, <paramref name="wakes"/> asks for a check.</summary>
    private async Task WaitForAsync(TimeSpan atMost, McpSession? wakes, McpSession session, CancellationToken stopping)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stopping, session.ClosedToken);
        var pause = Task.Delay(atMost, time, over.Token);
        var wake = wakes?.Wakes.ReadAsync(over.Token).AsTask() ?? pause;
        await Task.WhenAny(pause, wake).ConfigureAwait(false);
        await over.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(pause, wake).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stopping.ThrowIfCancellationRequested();
    }

    private Task<McpCatalog> LookAsync(McpSession session, CancellationToken stopping) =>
        WithinTimeAsync(token => McpCatalog.ReadAsync(_options, session, token), stopping);

    private async Task<T> WithinTimeAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken stopping)
    {
        using var timeout = new CancellationTokenSource(_options.ConnectTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, timeout.Token);
        return await work(either.Token).ConfigureAwait(false);
    }

    private void Publish(McpSession session, McpCatalog catalog, DateTimeOffset since)
    {
        if (catalog.Notice is not null)
        {
            McpLog.Notice(log, server.Name, catalog.Notice);
        }

        server.Connected(
            session,
            new McpServerState.Connected(since, catalog.Tools.Count, catalog.Notice),
            [.. catalog.Tools.Select(definition => new ChatTool(new McpTool(server, definition, log))
            {
                Title = definition.Title,
                OwnName = definition.ServerName,
                Source = server.Name,
                Annotations = definition.Annotations,
                Timeout = _options.CallTimeout,
                NeedsApproval = definition.NeedsApproval ? ChatTool.Always : null,
            })]);
    }
}
