using System.Collections.Immutable;
using BlazorChat.Messages;

namespace BlazorChat.Turns;

/// <summary>A place in the queue: an assistant is to answer in a room. One at a time runs per assistant and room.</summary>
/// <param name="Id">Version 7 GUID.</param>
/// <param name="RoomId">The room.</param>
/// <param name="AssistantId">Who is to answer.</param>
/// <param name="RequestedBy">Whose message or command asked for it.</param>
/// <param name="RequestedAt">When that was.</param>
public sealed record Turn(Guid Id, Guid RoomId, string AssistantId, Author RequestedBy, DateTimeOffset RequestedAt)
{
    /// <summary>In which order turns of a room run: those whose answer can go on first, then who could begin first, then who asked first.</summary>
    public static IComparer<Turn> ByPlace { get; } = Comparer<Turn>.Create(static (a, b) =>
        (a.MessageId is null, a.DueMilliseconds, a.Id).CompareTo((b.MessageId is null, b.DueMilliseconds, b.Id)));

    /// <summary>The message to answer, the newest of them; null where no message asked for the turn.</summary>
    public Guid? QuestionId { get; init; }

    /// <summary>Messages of the same author before <see cref="QuestionId"/> that are answered together with it, oldest first.</summary>
    public ImmutableArray<Guid> EarlierQuestionIds { get; init; } = [];

    /// <summary>The response that goes on with it; null for a turn that begins a new one.</summary>
    public Guid? MessageId { get; init; }

    /// <summary>It does not begin before this; null for as soon as it can.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    // As it is stored.
    private long DueMilliseconds => (NotBefore ?? RequestedAt).ToUnixTimeMilliseconds();
}
