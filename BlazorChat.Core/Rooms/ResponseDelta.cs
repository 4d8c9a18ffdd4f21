using BlazorChat.Messages;

namespace BlazorChat.Rooms;

/// <summary>
/// A piece of a running response. Deltas are transient and touch only their open room. What a restart needs of them is in the journal, and
/// changes of the stored response are told by a <see cref="RoomEvent"/>.
/// </summary>
/// <param name="MessageId">The response.</param>
/// <param name="Number">Counts from 1 since the response was started or resumed, without gaps, so that a missed delta is noticed.</param>
internal abstract record ResponseDelta(Guid MessageId, long Number)
{
    /// <summary>A part was added, or the part with this id changed.</summary>
    /// <param name="MessageId">The response.</param>
    /// <param name="Number">See <see cref="ResponseDelta"/>.</param>
    /// <param name="Part">The complete part, with its id.</param>
    public sealed record PartSet(Guid MessageId, long Number, MessagePart Part) : ResponseDelta(MessageId, Number);

    /// <summary>Text was appended to the last part (text or reasoning).</summary>
    /// <param name="MessageId">The response.</param>
    /// <param name="Number">See <see cref="ResponseDelta"/>.</param>
    /// <param name="PartId">The part.</param>
    /// <param name="Text">The appended text.</param>
    public sealed record TextAppended(Guid MessageId, long Number, int PartId, string Text) : ResponseDelta(MessageId, Number);

    /// <summary>Data for current viewers; gone when the response ends.</summary>
    /// <param name="MessageId">The response.</param>
    /// <param name="Number">See <see cref="ResponseDelta"/>.</param>
    /// <param name="Data">The data; replaces data with the same type and id.</param>
    public sealed record DataShown(Guid MessageId, long Number, DataPart Data) : ResponseDelta(MessageId, Number);

    /// <summary>A notice for people beside the text ("retrying in 4 s").</summary>
    /// <param name="MessageId">The response.</param>
    /// <param name="Number">See <see cref="ResponseDelta"/>.</param>
    /// <param name="Note">The notice, or null to remove it.</param>
    public sealed record Noted(Guid MessageId, long Number, string? Note) : ResponseDelta(MessageId, Number);
}
