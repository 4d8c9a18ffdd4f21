using System.Text.Json;
using BlazorChat.Text;
using BlazorChat.Turns.Tools;
using Microsoft.Extensions.AI;
using ModelContextProtocol;

namespace BlazorChat.Assistants.Mcp;

/// <summary>A tool as it is offered. Equal definitions mean the same tool.</summary>
/// <param name="ServerName">The server's own name for it.</param>
/// <param name="Name">The name that models see.</param>
/// <param name="Description">Its purpose.</param>
/// <param name="Schema">The JSON schema of its arguments.</param>
/// <param name="NeedsApproval">Whether a call needs a person's approval.</param>
/// <param name="Annotations">What the server says about its effects.</param>
internal sealed record McpToolDefinition(string ServerName, string Name, string Description, string Schema, bool NeedsApproval, string Annotations)
{
    /// <summary>What the server calls it for people, or null. As anything that it says, it may be wrong.</summary>
    public string? Title { get; init; }
}

/// <summary>A tool of an MCP server as a function. A call uses the server's current session.</summary>
internal sealed class McpTool : AIFunction
{
    private const int ProgressLength = 500;

    private readonly McpServer _server;
    private readonly McpToolDefinition _definition;
    private readonly ILogger _log;

    public McpTool(McpServer server, McpToolDefinition definition, ILogger log)
    {
        _server = server;
        _definition = definition;
        _log = log;
        using var schema = JsonDocument.Parse(definition.Schema);
        JsonSchema = schema.RootElement.Clone();
    }

    public override string Name => _definition.Name;

    public override string Description => _definition.Description;

    public override JsonElement JsonSchema { get; }

    protected override async ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken)
    {
        var session = _server.Session ?? throw new ToolFailedException(McpFailures.Away(_server.Options, Name));
        var call = arguments.Services?.GetService(typeof(ToolCallContext)) as ToolCallContext;
        try
        {
            return await CallAsync(session, arguments, call, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (McpFailures.Find<McpSessionUnknownException>(exception) is not null && !cancellationToken.IsCancellationRequested)
        {
            await session.ForgetAsync().ConfigureAwait(false);
            session = await _server.NextSessionAsync(session, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not ToolFailedException && !cancellationToken.IsCancellationRequested)
        {
            throw Failed(exception, session);
        }

        // Nothing was done, so it is asked once more, unless the server has become another one meanwhile.
        if (session is null || !_server.Tools.Any(tool => tool.Function is McpTool same && same._definition == _definition))
        {
            throw new ToolFailedException(McpFailures.Away(_server.Options, Name));
        }

        try
        {
            return await CallAsync(session, arguments, call, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not ToolFailedException && !cancellationToken.IsCancellationRequested)
        {
            throw Failed(exception, session);
        }
    }

    private async Task<string> CallAsync(McpSession session, AIFunctionArguments arguments, ToolCallContext? call, CancellationToken cancellationToken)
    {
        var result = await session.CallAsync(_definition.ServerName, arguments, call is null ? null : new Progress(call), cancellationToken).ConfigureAwait(false);
        return McpResultText.Read(Name, result);
    }

    // Whatever a library throws at a server's odd answers becomes a sentence; its own message may quote anything.
    private ToolFailedException Failed(Exception exception, McpSession session)
    {
        var kind = exception.GetType().Name;
        McpLog.CallFailed(_log, Name, kind);
        return new ToolFailedException(McpFailures.Call(_server.Options, Name, exception, session.ClosedToken.IsCancellationRequested));
    }

    /// <summary>Shows progress in the call's card. Notices may overtake each other: one with less progress is outdated.</summary>
    private sealed class Progress(ToolCallContext call) : IProgress<ProgressNotificationValue>
    {
        private readonly Lock _lock = new();
        private double _furthest = double.NegativeInfinity;

        public void Report(ProgressNotificationValue value)
        {
            lock (_lock)
            {
                if (!(value.Progress > _furthest))
                {
                    return;
                }

                _furthest = value.Progress;
                var amount = value.Total is { } total ? $"{value.Progress:0.##} of {total:0.##}" : $"{value.Progress:0.##}";
                var message = value.Message is { Length: > ProgressLength } text ? TextCut.Beginning(text, ProgressLength) + "…" : value.Message;
                call.ShowPreliminary(string.IsNullOrWhiteSpace(message) ? amount : $"{message} ({amount})");
            }
        }
    }
}
