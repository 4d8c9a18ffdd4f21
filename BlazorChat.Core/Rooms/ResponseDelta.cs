using BlazorChat.Messages;

namespace BlazorChat.Rooms;

/// <summary>
/// What comes of a running response: transient, and on a path of its own. It is applied to its open room and to nothing else;
/// what a restart needs of it is in the journal, and what is stored of the response is told by a <see cref="RoomEvent"/>.
/// </summary>
/// <param name="MessageId">The response.</param>
/// <param name="Number">Counts from 1 since the response was started or resumed, without gaps: whoever misses one knows.</param>
public abstract record ResponseDelta(Guid MessageId, long Number)
{
    /// <summary>A part came, or the one with its id changed.</summary>
    /// <param name="MessageId">The response.</param>
    /// <param name="Number">See <see cref="ResponseDelta"/>.</param>
    /// <param name="Part">The part, whole, with its id.</param>
    public sealed record PartSet(Guid MessageId, long Number, MessagePart Part) : ResponseDelta(MessageId, Number);

    /// <summary>The last part, text or reasoning, goes on.</summary>
    /// <param name="MessageId">The response.</param>
    /// <param name="Number">See <see cref="ResponseDelta"/>.</param>
    /// <param name="PartId">The part.</param>
    /// <param name="Text">What is added to it.</param>
    public sealed record TextAppended(Guid MessageId, long Number, int PartId, string Text) : ResponseDelta(MessageId, Number);

    /// <summary>Data to show to whoever looks now; gone when the response ends.</summary>
    /// <param name="MessageId">The response.</param>
    /// <param name="Number">See <see cref="ResponseDelta"/>.</param>
    /// <param name="Data">The data, in the place of those with the same type and id.</param>
    public sealed record DataShown(Guid MessageId, long Number, DataPart Data) : ResponseDelta(MessageId, Number);

    /// <summary>Something to tell people beside the text ("retrying in 4 s").</summary>
    /// <param name="MessageId">The response.</param>
    /// <param name="Number">See <see cref="ResponseDelta"/>.</param>
    /// <param name="Note">A sentence, or null for nothing any more.</param>
    public sealed record Noted(Guid MessageId, long Number, string? Note) : ResponseDelta(MessageId, Number);
}
