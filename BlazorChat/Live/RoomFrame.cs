using System.Collections.Immutable;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Turns;

namespace BlazorChat.Live;

/// <summary>
/// The content of a room's projection at one moment: the room's state with rendered messages. Immutable and shared by all circuits.
/// It is replaced when the room changes, but not when a running response grows (see <see cref="MessageFrame.Live"/>).
/// </summary>
public sealed class RoomFrame
{
    internal RoomFrame(RoomState state, ImmutableArray<MessageFrame> messages, ImmutableArray<MessageFrame> beyond)
    {
        State = state;
        Messages = messages;
        Beyond = beyond;
    }

    /// <summary>The room's state.</summary>
    internal RoomState State { get; }

    /// <summary>The frames of <see cref="RoomState.Messages"/>.</summary>
    public ImmutableArray<MessageFrame> Messages { get; }

    /// <summary>The frames of <see cref="RoomState.Beyond"/>.</summary>
    public ImmutableArray<MessageFrame> Beyond { get; }

    /// <inheritdoc cref="RoomState.Room" />
    public Room Room => State.Room;

    /// <inheritdoc cref="RoomState.HasOlder" />
    public bool HasOlder => State.HasOlder;

    /// <inheritdoc cref="RoomState.Removed" />
    public ImmutableArray<Guid> Removed => State.Removed;

    /// <inheritdoc cref="RoomState.Forgotten" />
    internal ImmutableArray<DeletedPerson> Forgotten => State.Forgotten;

    /// <inheritdoc cref="RoomState.Queue" />
    public ImmutableArray<Turn> Queue => State.Queue;

    /// <inheritdoc cref="RoomState.DeletedBy" />
    public Author? DeletedBy => State.DeletedBy;

    /// <inheritdoc cref="RoomState.ClearedBy" />
    public Author? ClearedBy => State.ClearedBy;

    /// <inheritdoc cref="RoomState.IsClearKept" />
    public bool IsClearKept => State.IsClearKept;

    /// <inheritdoc cref="RoomState.Running" />
    public IEnumerable<MessageFrame> Running => Beyond.Concat(Messages).Where(m => m.Live is not null);

    /// <summary>Finds a message of this frame; null if there is none with the id.</summary>
    public MessageFrame? Find(Guid messageId)
    {
        // Searches from the end: nearly every change concerns one of the newest messages.
        for (var i = Messages.Length - 1; i >= 0; i--)
        {
            if (Messages[i].Message.Id == messageId)
            {
                return Messages[i];
            }
        }

        return Beyond.FirstOrDefault(m => m.Message.Id == messageId);
    }

    /// <summary>Creates the first frame of a room.</summary>
    internal static RoomFrame Of(OpenRoomState room)
    {
        var running = room.Running.ToDictionary(r => r.MessageId);
        return new RoomFrame(room.State, [.. room.State.Messages.Select(Frame)], [.. room.State.Beyond.Select(Frame)]);

        MessageFrame Frame(Message message) => message.IsRunning
            ? MessageFrame.Running(message, new ResponseProjection(running.GetValueOrDefault(message.Id) ?? Begun(message)))
            : new MessageFrame(message);
    }

    /// <summary>The frame as somebody sees it who sees only messages from a sequence on.</summary>
    internal RoomFrame From(long sequence)
    {
        if (sequence <= 0)
        {
            return this;
        }

        ImmutableArray<MessageFrame> messages = [.. Messages.Where(m => m.Message.Sequence >= sequence)];
        ImmutableArray<MessageFrame> beyond = [.. Beyond.Where(m => m.Message.Sequence >= sequence)];
        return new RoomFrame(
            State with
            {
                Room = State.Room.From(sequence),
                HasOlder = State.HasOlder && Messages is [var first, ..] && first.Message.Sequence > sequence,
                Messages = [.. messages.Select(m => m.Message)],
                Beyond = [.. beyond.Select(m => m.Message)],
            },
            messages, beyond);
    }

    /// <summary>Creates the frame of the room's next state. Unchanged messages are the same instances and are not rendered again.</summary>
    internal RoomFrame Next(RoomState state) =>
        new(state, Follow(state.Messages, State.Messages, Messages), Follow(state.Beyond, State.Beyond, Beyond));

    private ImmutableArray<MessageFrame> Follow(ImmutableArray<Message> next, ImmutableArray<Message> last, ImmutableArray<MessageFrame> frames)
    {
        if (next == last)
        {
            return frames;
        }

        var followed = ImmutableArray.CreateBuilder<MessageFrame>(next.Length);
        Dictionary<Guid, MessageFrame>? known = null;
        for (var i = 0; i < next.Length; i++)
        {
            // Nearly always the same message as before in this place. Messages move up only after others were removed.
            if (i < frames.Length && ReferenceEquals(frames[i].Message, next[i]))
            {
                followed.Add(frames[i]);
                continue;
            }

            known ??= Known();
            followed.Add(Follow(next[i], known.GetValueOrDefault(next[i].Id)));
        }

        return followed.MoveToImmutable();
    }

    private Dictionary<Guid, MessageFrame> Known()
    {
        var known = new Dictionary<Guid, MessageFrame>(Messages.Length + Beyond.Length);
        foreach (var frame in Beyond)
        {
            known[frame.Message.Id] = frame;
        }

        foreach (var frame in Messages)
        {
            known[frame.Message.Id] = frame;
        }

        return known;
    }

    private static MessageFrame Follow(Message message, MessageFrame? before) => before switch
    {
        _ when ReferenceEquals(before?.Message, message) => before!,
        { Live: { } live } when message.IsRunning => MessageFrame.Running(message, live),
        { Live: { } live } => new MessageFrame(message, live),
        _ when message.IsRunning => MessageFrame.Running(message, new ResponseProjection(Begun(message), before?.Rendered ?? [])),
        { } => new MessageFrame(message, before),
        null => new MessageFrame(message),
    };

    private static RunningResponse Begun(Message message) => new(message.Id, 0, message.Parts, [], null);
}
