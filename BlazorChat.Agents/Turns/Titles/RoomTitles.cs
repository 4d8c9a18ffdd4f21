using System.Collections.Concurrent;
using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Turns.Hooks;
using BlazorChat.Rooms;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using Microsoft.SemanticKernel;

namespace BlazorChat.Turns.Titles;

/// <summary>
/// Names rooms that were created without a name: when the first exchange is complete, the assistant that answered is asked for a title. The
/// name is for everybody to read, so that it is made only from what all members may see.
/// The tokens count for its response, and so for the first asker. If someone names the room meanwhile, that name stays. If anything fails
/// or the process ends, the room stays without a name and nothing else changes.
/// </summary>
internal sealed partial class RoomTitles(
    IRoomStore rooms, RoomAccessDirectory access, RoomGates gates, RoomBroadcaster broadcaster, IAssistants assistants,
    IOptions<TurnsOptions> options, TurnsMetrics metrics, ILogger<RoomTitles> logger) : ITurnObserver
{
    // The first exchange is within this many messages.
    private const int FirstMessages = 20;

    private readonly ConcurrentDictionary<Guid, byte> _running = new();

    public async ValueTask OnTurnEndedAsync(TurnOutcome ended, CancellationToken cancellationToken)
    {
        var roomId = ended.Turn.RoomId;
        if (!options.Value.TitleRooms || ended.Message.Status is not MessageStatus.Complete)
        {
            return;
        }

        try
        {
            if (await rooms.FindAsync(roomId, cancellationToken).ConfigureAwait(false) is { IsNamed: false }
                && await FindQuestionAsync(ended.Message, cancellationToken).ConfigureAwait(false) is { } question
                && assistants.Find(ended.Turn.AssistantId) is { } assistant)
            {
                await TitleOnceAsync(assistant, question, ended.Message, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is ResponseFailedException or KernelException || cancellationToken.IsCancellationRequested)
        {
            LogFailed(e, roomId);
        }
    }

    // The first response may be requested again, and end a second time, while its room is being named.
    private async Task TitleOnceAsync(Assistant assistant, Message question, Message response, CancellationToken cancellationToken)
    {
        if (!_running.TryAdd(response.RoomId, 0))
        {
            return;
        }

        try
        {
            await TitleAsync(assistant, question, response, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _running.TryRemove(response.RoomId, out _);
        }
    }

    // The first message that all members may see.
    private long VisibleFrom(Guid roomId) => access.Find(roomId)?.Members.Values.Select(m => m.SeesFrom).DefaultIfEmpty().Max() ?? 0;

    /// <summary>The question of the room's first complete exchange that all may see, if the response belongs to that exchange.</summary>
    private async Task<Message?> FindQuestionAsync(Message response, CancellationToken cancellationToken)
    {
        var first = await rooms.ReadFirstAsync(response.RoomId, VisibleFrom(response.RoomId), FirstMessages, cancellationToken).ConfigureAwait(false);
        // If the asker wrote something else instead of deciding on the response's calls, that exchange was never finished.
        var isFirst = first.FirstOrDefault(m => m is { Author.Kind: AuthorKind.Assistant, Status: MessageStatus.Complete, IsRetried: false }
            && first.Any(q => q.Id == m.QuestionId) && !m.Calls.Any(c => c.Decision is { Reason: CallChanges.WroteInstead }))?.Id == response.Id;
        return isFirst ? first.FirstOrDefault(m => m.Id == response.QuestionId) : null;
    }

    private async Task TitleAsync(Assistant assistant, Message question, Message response, CancellationToken cancellationToken)
    {
        var tokens = default(TokenCounts);
        string? title = null;
        try
        {
            title = RoomTitle.Clean(await AskAsync(assistant, question, response, usage => tokens += TokenUsage.Of(usage), cancellationToken).ConfigureAwait(false));
        }
        finally
        {
            // Counted tokens must be paid for, whatever the result.
            if (title is not null || tokens != default)
            {
                metrics.Tokens(assistant, tokens.Input, tokens.Output);
                await StoreAsync(question, response, title, tokens, assistant.Prices?.Of(tokens)).ConfigureAwait(false);
            }
        }
    }

    private static async Task<string> AskAsync(Assistant assistant, Message question, Message response, Action<UsageDetails> count, CancellationToken cancellationToken)
    {
        var arguments = new KernelArguments
        {
            [RoomTitle.QuestionVariable] = RoomTitle.Excerpt(question),
            [RoomTitle.ResponseVariable] = RoomTitle.Excerpt(response),
        };
        var text = "";
        await foreach (var update in assistant.Kernel.InvokeStreamingAsync<ChatResponseUpdate>(RoomTitle.Function, arguments, cancellationToken).ConfigureAwait(false))
        {
            text = text.Length < RoomTitle.MostOfResponse ? text + update.Text : text;
            foreach (var usage in update.Contents.OfType<UsageContent>())
            {
                count(usage.Details);
            }
        }

        return text;
    }

    private async Task StoreAsync(Message question, Message response, string? title, TokenCounts tokens, decimal? cost)
    {
        // Not canceled by a stop: the tokens were used.
        using var gate = await gates.EnterAsync(response.RoomId, CancellationToken.None).ConfigureAwait(false);
        // Somebody may have come meanwhile who does not see the question.
        var seen = question.Sequence >= VisibleFrom(response.RoomId) ? title : null;
        var titled = await rooms.ChangeAsync<bool>(
            response.RoomId, (change, token) => TitleAsync(change, response.Id, seen, tokens, cost, token), CancellationToken.None).ConfigureAwait(false);
        foreach (var roomEvent in titled.Events)
        {
            broadcaster.Publish(response.RoomId, roomEvent);
        }

        if (!titled.Value.Value)
        {
            return;
        }

        LogTitled(response.RoomId);
    }

    /// <summary>Names the room unless it has a name, and counts the tokens: for the room, and for the response unless that runs again.</summary>
    /// <returns>False if the room is gone.</returns>
    private static async Task<Result<bool>> TitleAsync(
        IRoomChange change, Guid responseId, string? title, TokenCounts tokens, decimal? cost, CancellationToken cancellationToken)
    {
        if (await change.FindRoomAsync(cancellationToken).ConfigureAwait(false) is not { } room)
        {
            return false;
        }

        room = room.WithUsage(tokens, cost);
        room = title is null || room.IsNamed ? room : room with { Name = title, IsNamed = true };
        change.Save(room);
        change.Tell(new RoomEvent.RoomChanged(room));
        // A running response writes its own totals when it ends.
        if (await change.FindMessageAsync(responseId, cancellationToken).ConfigureAwait(false) is { Status.IsEnded: true, Metadata: { } metadata } response)
        {
            change.SaveAndTell(response with
            {
                Metadata = metadata with { Tokens = metadata.Tokens + tokens, Cost = cost is { } price ? (metadata.Cost ?? 0) + price : metadata.Cost },
            });
        }

        return true;
    }

    [LoggerMessage(LogLevel.Information, "Room {RoomId} was named after its first exchange.")]
    private partial void LogTitled(Guid roomId);

    [LoggerMessage(LogLevel.Warning, "Room {RoomId} stays without a name: its title could not be generated.")]
    private partial void LogFailed(Exception exception, Guid roomId);
}
