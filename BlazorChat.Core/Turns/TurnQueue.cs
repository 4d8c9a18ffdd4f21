using System.Collections.Immutable;
using BlazorChat.Messages;
using BlazorChat.Rooms;

namespace BlazorChat.Turns;

/// <summary>
/// The turns of a room and the rules for them: the order, the effect of a new question on waiting turns (the room's overlap policy), and
/// the next turn to run. It stores nothing; <see cref="StoredTurnQueue"/> does.
/// </summary>
internal sealed class TurnQueue(Guid roomId, RoomSettings settings, ImmutableArray<Turn> turns)
{
    private readonly List<Turn> _turns = [.. turns];
    private readonly List<Turn> _queued = [];
    private readonly List<Turn> _withdrawn = [];
    private readonly Dictionary<Guid, string> _reasons = [];
    private readonly List<Turn> _gone = [];

    /// <summary>The current turns of the room.</summary>
    public IReadOnlyList<Turn> Turns => _turns;

    /// <summary>Turns that entered the queue or changed while waiting.</summary>
    public IReadOnlyList<Turn> Queued => _queued;

    /// <summary>Turns that were taken out of the queue.</summary>
    public IReadOnlyList<Turn> Withdrawn => _withdrawn;

    /// <summary>Why a turn was taken out, in a sentence for people; null if its question was removed.</summary>
    public string? ReasonOf(Turn withdrawn) => _reasons.GetValueOrDefault(withdrawn.Id);

    /// <summary>Turns that were removed with their response.</summary>
    public IReadOnlyList<Turn> Gone => _gone;

    /// <summary>
    /// The reason why a message that asks these assistants cannot be posted now, or null. If it is a <see cref="RoomErrorKind.Limit"/>, the
    /// message can be posted, but the assistants cannot be asked.
    /// </summary>
    /// <param name="assistantIds">The assistants.</param>
    /// <param name="by">The message's author; null if only the room's bound applies.</param>
    public RoomError? Refuse(IReadOnlyList<string> assistantIds, Author? by = null)
    {
        if (assistantIds.Count == 0)
        {
            return null;
        }

        return settings.Overlap switch
        {
            OverlapPolicy.Drop => _turns.Exists(t => assistantIds.Contains(t.AssistantId, StringComparer.Ordinal) && t.Status != TurnStatus.Suspended)
                ? new RoomError(RoomErrorKind.Conflict, "The assistant is busy, and this room takes one question at a time. Please send yours again when the answer is finished.")
                : null,
            // Waiting turns give way to the latest.
            OverlapPolicy.Latest => null,
            // A message that a waiting turn takes over needs no place.
            _ => RefuseMore(assistantIds.Count(id => by is null || FindOwn(id, by) is null), by),
        };
    }

    /// <summary>The reason why this many more turns cannot wait, or null.</summary>
    /// <param name="more">The number of turns.</param>
    /// <param name="by">Who asks for them; null if only the room's bound applies.</param>
    public RoomError? RefuseMore(int more, Author? by) =>
        more == 0 ? null
        : by is not null && _turns.Count(t => t.IsQueued && t.RequestedBy.IsSameAs(by)) + more > RoomLimits.QueueShare
            ? new RoomError(RoomErrorKind.Limit, $"{RoomLimits.QueueShare} questions of {by.Name} are already waiting in this room, which is the maximum for one person. Please ask again when some are answered.")
        : _turns.Count(t => t.IsQueued) + more > RoomLimits.QueueLength
            ? new RoomError(RoomErrorKind.Limit, $"{RoomLimits.QueueLength} questions are already waiting in this room, which is the maximum. Please ask again when some are answered.")
        : null;

    /// <summary>Queues the turns of a message by the room's overlap policy.</summary>
    /// <param name="message">The message.</param>
    /// <param name="questionId">Its id.</param>
    public void Post(NewMessage message, Guid questionId)
    {
        foreach (var assistantId in message.AssistantIds)
        {
            if (settings.Overlap == OverlapPolicy.Latest)
            {
                Withdraw(t => t.AssistantId == assistantId && t.Status == TurnStatus.Waiting, AskedNewer(message.Author.Name));
            }

            var own = FindOwn(assistantId, message.Author);
            var turn = own ?? New(assistantId, message.Request, message.Now);
            Queue(turn with
            {
                QuestionId = questionId,
                EarlierQuestionIds = own?.QuestionId is { } earlier ? own.EarlierQuestionIds.Add(earlier) : turn.EarlierQuestionIds,
                Request = message.Request,
                NotBefore = settings.Overlap == OverlapPolicy.Debounce ? message.Now + settings.QuietTime : null,
            });
        }
    }

    /// <summary>Queues a turn that answers a message again, or for the first time.</summary>
    /// <returns>An error when the message is already waiting for this answer or the queue is full.</returns>
    public RoomError? Ask(Guid questionId, string assistantId, TurnRequest request, DateTimeOffset now)
    {
        if (_turns.Exists(t => t.AssistantId == assistantId && t.Status == TurnStatus.Waiting && (t.QuestionId == questionId || t.EarlierQuestionIds.Contains(questionId))))
        {
            return new RoomError(RoomErrorKind.Conflict, "This message is already waiting for its answer.");
        }

        if (RefuseMore(1, request.RequestedBy) is { } full)
        {
            return full;
        }

        Queue(New(assistantId, request, now) with { QuestionId = questionId });
        return null;
    }

    /// <summary>Queues a turn that regenerates or continues a response.</summary>
    /// <param name="response">The response.</param>
    /// <param name="isRegeneration">True to regenerate, false to continue.</param>
    /// <param name="request">The asker and their page.</param>
    /// <param name="now">The current time.</param>
    /// <returns>An error when the response is already being written or the queue is full.</returns>
    public RoomError? Reopen(Message response, bool isRegeneration, TurnRequest request, DateTimeOffset now)
    {
        if (RefuseAgain(response, request.RequestedBy) is { } no)
        {
            return no;
        }

        Queue(New(response.Author.Id, request, now) with
        {
            Status = TurnStatus.Ready,
            MessageId = response.Id,
            QuestionId = response.QuestionId,
            IsRegeneration = isRegeneration,
            FirstStep = isRegeneration ? 0 : Math.Max(response.Step, PartList.NextStep(response.Parts)),
        });
        return null;
    }

    /// <summary>Takes out the turn of a response that people ended while it waited.</summary>
    public void End(Turn turn, Author by) => Withdraw(turn, TakenOut(by));

    /// <summary>Takes turns out of the queue.</summary>
    /// <param name="which">Chooses the turns.</param>
    /// <param name="reason">Why, in a sentence for people; null if their questions are removed.</param>
    public void Withdraw(Func<Turn, bool> which, string? reason)
    {
        foreach (var turn in _turns.Where(t => t.IsQueued && which(t)).ToList())
        {
            Withdraw(turn, reason);
        }
    }

    /// <summary>The reason for turns that a person took out.</summary>
    public static string TakenOut(Author by) => TakenOut(by.Name);

    /// <summary>The same for the name of the person.</summary>
    public static string TakenOut(string name) => $"Taken out of the queue by {name}.";

    /// <summary>The reason for turns of somebody who asked something newer in a room where only that counts.</summary>
    public static string AskedNewer(string name) => $"Taken out of the queue: {name} asked something newer.";

    /// <summary>Takes a removed message out of the queue: its turn continues with the author's other messages, or is withdrawn.</summary>
    public void RemoveQuestion(Guid messageId)
    {
        foreach (var turn in _turns.Where(t => t.Status == TurnStatus.Waiting || t.MessageId == messageId).ToList())
        {
            if (turn.EarlierQuestionIds.Contains(messageId))
            {
                Queue(turn with { EarlierQuestionIds = turn.EarlierQuestionIds.Remove(messageId) });
            }
            else if (turn.QuestionId == messageId && turn.EarlierQuestionIds is [.. var before, var last])
            {
                Queue(turn with { QuestionId = last, EarlierQuestionIds = before });
            }
            else if (turn.QuestionId == messageId && turn.Status == TurnStatus.Waiting)
            {
                Withdraw(turn, null);
            }
            else if (turn.MessageId == messageId)
            {
                _turns.Remove(turn);
                _gone.Add(turn);
            }
        }
    }

    /// <summary>
    /// The assistant's next turn that can start now, by <see cref="Turn.ByPlace"/>. Null when there is none, or when one is running.
    /// </summary>
    public Turn? Next(string assistantId, DateTimeOffset now) => _turns.Exists(t => t.AssistantId == assistantId && t.Status == TurnStatus.Running) ? null : _turns
        .Where(t => t.AssistantId == assistantId && t.IsQueued && (t.NotBefore is null || t.NotBefore <= now))
        .OrderBy(t => t, Turn.ByPlace).FirstOrDefault();

    // A waiting turn of the same author takes a message over. Other people's turns keep their questions, and a stored retry sees no newer messages.
    private Turn? FindOwn(string assistantId, Author author) => settings.Overlap is OverlapPolicy.Merge or OverlapPolicy.Debounce
        ? _turns.Where(t => t.AssistantId == assistantId && t.Status == TurnStatus.Waiting && t.Before is null && t.RequestedBy.IsSameAs(author))
            .OrderBy(t => t.RequestedAt).ThenBy(t => t.Id).FirstOrDefault()
        : null;

    private RoomError? RefuseAgain(Message response, Author by) =>
        _turns.Exists(t => t.MessageId == response.Id)
            ? new RoomError(RoomErrorKind.Conflict, "This answer is already being written.")
            : RefuseMore(1, by);

    private Turn New(string assistantId, TurnRequest request, DateTimeOffset now) =>
        new(OrderedIds.Next(now), roomId, assistantId, request.RequestedBy, now) { Request = request };

    private void Queue(Turn turn)
    {
        _turns.RemoveAll(t => t.Id == turn.Id);
        _turns.Add(turn);
        _queued.RemoveAll(t => t.Id == turn.Id);
        _queued.Add(turn);
    }

    private void Withdraw(Turn turn, string? reason)
    {
        _turns.Remove(turn);
        _withdrawn.Add(turn);
        if (reason is not null)
        {
            _reasons[turn.Id] = reason;
        }
    }
}

/// <summary>Loads and saves the queue.</summary>
internal static class StoredTurnQueue
{
    public static async Task<TurnQueue> ReadQueueAsync(this IRoomChange change, Room room, CancellationToken cancellationToken) =>
        new(room.Id, room.Settings, await change.ReadTurnsAsync(cancellationToken).ConfigureAwait(false));

    /// <summary>
    /// Saves the changes of the queue, releases the responses of withdrawn turns, marks their questions, and tells about all of it.
    /// </summary>
    public static async Task SaveAsync(this IRoomChange change, TurnQueue queue, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var turn in queue.Gone)
        {
            change.Remove(turn);
        }

        foreach (var turn in queue.Withdrawn)
        {
            change.Remove(turn);
            var message = turn.MessageId is { } id ? await change.FindMessageAsync(id, cancellationToken).ConfigureAwait(false)
                : turn.Before is { } sequence ? await change.FindMessageAtAsync(sequence, cancellationToken).ConfigureAwait(false)
                : null;
            if (message is not null && TurnTransitions.LetGo(turn, message, now) is var changed && !ReferenceEquals(changed, message))
            {
                change.SaveAndTell(changed);
            }

            if (queue.ReasonOf(turn) is { } reason && turn is { MessageId: null, Before: null, QuestionId: { } questionId })
            {
                foreach (var asked in turn.EarlierQuestionIds.Add(questionId))
                {
                    if (await change.FindMessageAsync(asked, cancellationToken).ConfigureAwait(false) is { } question)
                    {
                        change.SaveAndTell(question with { Status = new MessageStatus.Unanswered(reason) });
                    }
                }
            }
        }

        foreach (var turn in queue.Withdrawn)
        {
            change.Tell(new RoomEvent.TurnWithdrawn(turn.Id) { Turn = turn, Reason = queue.ReasonOf(turn) });
        }

        foreach (var turn in queue.Queued)
        {
            change.Save(turn);
            change.Tell(new RoomEvent.TurnQueued(turn));
        }
    }
}
