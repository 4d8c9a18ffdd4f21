using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Text;
using BlazorChat.Turns;

namespace BlazorChat.Commands;

/// <summary>
/// Posts a person's message. Idempotent: the same client id posts one message. Whoever may write but not ask assistants posts a message that
/// none answers; if it mentions one, it says why.
/// </summary>
/// <param name="RoomId">The room.</param>
/// <param name="By">The author.</param>
/// <param name="ClientId">An id that the sender made for this one message.</param>
/// <param name="Text">1 to <see cref="RoomLimits.MessageLength"/> characters, not only white space.</param>
/// <param name="Request">Data from the asker's page; null for none.</param>
internal sealed record PostMessage(Guid RoomId, Person? By, Guid ClientId, string? Text, TurnRequest? Request) : RoomCommand<Message>(RoomId, By)
{
    internal override RoomPermission? Permission => RoomPermission.PostMessage;

    internal override bool IsRated => true;

    internal override RoomError? Check() => MessageText.Check(ClientId, Text);

    // A sender who repeats a message because the acknowledgment got lost is not refused.
    internal override async Task<Result<Message>> RefuseAsync(RoomCommandContext context, CancellationToken cancellationToken) =>
        await context.Rooms.FindPostedAsync(RoomId, context.By, ClientId, cancellationToken).ConfigureAwait(false) is { } known ? known : RoomErrors.TooFast;

    internal override async Task<Result<Message>> RunAsync(RoomCommandContext context, CancellationToken cancellationToken)
    {
        var message = new NewMessage(RoomId, context.By, ClientId, Text!, context.ResponseRules.Choose(context.Room, Text!), context.BoundOf(Request), context.Now);
        if (message.AssistantIds.Count == 0 || await context.AskAsync(RoomPermission.AskAssistant, null, cancellationToken).ConfigureAwait(false) is not { } no)
        {
            return await PostAsync(context, message, null, cancellationToken).ConfigureAwait(false);
        }

        var mentions = context.ResponseRules.Choose(context.Room with { Settings = context.Room.Settings with { AnswerMode = AnswerMode.WhenMentioned } }, Text!);
        return await PostAsync(context, message with { AssistantIds = [] }, mentions.Count > 0 ? no : null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Stores a message with the turns that it asks for, tells viewers, and schedules the turns.</summary>
    /// <param name="context">The command in progress.</param>
    /// <param name="message">The message.</param>
    /// <param name="notAsked">Why the assistants that it mentions are not asked; null if they are.</param>
    /// <param name="cancellationToken">Cancels the command.</param>
    internal static Task<Result<Message>> PostAsync(RoomCommandContext context, NewMessage message, RoomError? notAsked, CancellationToken cancellationToken) =>
        context.ChangeAsync<Message>(async (change, token) =>
        {
            if (await change.FindPostedAsync(message.Author, message.ClientId, token).ConfigureAwait(false) is { } known)
            {
                return known;
            }

            if (await change.FindRoomAsync(token).ConfigureAwait(false) is not { } room)
            {
                return RoomErrors.NoSuchRoom;
            }

            // For code on the server, which asks for no permission.
            if (room.IsArchived)
            {
                return RoomErrors.Archived;
            }

            var queue = await change.ReadQueueAsync(room, token).ConfigureAwait(false);
            var refused = queue.Refuse(message.AssistantIds, message.Author);
            if (refused is { Kind: not RoomErrorKind.Limit } no)
            {
                return no;
            }

            // People can talk even where nobody can be asked.
            return await StoreAsync(change, room, queue, refused is null ? message : message with { AssistantIds = [] }, notAsked ?? refused, context.MaxStoredMessages, token).ConfigureAwait(false);
        }, cancellationToken);

    // After the setting was lowered, a room loses its excess over several posts, because all other rooms wait for one.
    private const int MostDroppedAtOnce = 500;

    private static async Task<Message> StoreAsync(
        IRoomChange change, Room room, TurnQueue queue, NewMessage message, RoomError? notAsked, int maxStored, CancellationToken cancellationToken)
    {
        room = room.WithMessage(message.Now);
        var posted = new Message
        {
            Id = Guid.CreateVersion7(message.Now),
            RoomId = room.Id,
            Sequence = room.LastSequence,
            Author = message.Author,
            Parts = [new TextPart(MessageText.Shown(message.Text))],
            Status = notAsked is null ? MessageStatus.Complete.Instance : new MessageStatus.Unanswered($"Not asked: {notAsked.Message}"),
            CreatedAt = message.Now,
        };
        change.Add(posted, message.ClientId);
        change.Tell(new RoomEvent.MessagePosted(posted));
        queue.Post(message, posted.Id);
        await change.SaveAsync(queue, message.Now, cancellationToken).ConfigureAwait(false);
        if (room.ExcessOver(maxStored) is var excess and > 0)
        {
            var (removed, through) = await change.RemoveOldestAsync(Math.Min(excess, MostDroppedAtOnce), cancellationToken).ConfigureAwait(false);
            room = room with { MessageCount = room.MessageCount - removed };
            if (removed > 0)
            {
                change.Tell(new RoomEvent.OldestDropped(removed, through));
            }
        }

        change.Save(room);
        return posted;
    }
}

/// <summary>
/// Posts a message from code on the server, such as a schedule, an event or a webhook. It appears under the service's name and goes through
/// the same queue as people's messages.
/// </summary>
/// <param name="RoomId">The room.</param>
/// <param name="Service">The author: its id and name, of the kind <see cref="AuthorKind.Service"/>.</param>
/// <param name="MessageId">An id that the caller made for this one message; repeating it posts nothing new, and is an error for a while if the
/// message has been deleted.</param>
/// <param name="Text">1 to <see cref="RoomLimits.MessageLength"/> characters, not only white space.</param>
/// <param name="AsksForResponse">Whether assistants answer it as they would a person's message.</param>
/// <param name="Request">Data for the turns; null for none.</param>
internal sealed record PostServiceMessage(Guid RoomId, Author Service, Guid MessageId, string? Text, bool AsksForResponse, TurnRequest? Request)
    : RoomCommand<Message>(RoomId, By: null)
{
    internal override RoomPermission? Permission => null;

    internal override RoomError? Check() => MessageText.Check(MessageId, Text);

    internal override Task<Result<Message>> RunAsync(RoomCommandContext context, CancellationToken cancellationToken) =>
        PostMessage.PostAsync(
            context,
            new NewMessage(
                RoomId, Service, MessageId, Text!, AsksForResponse ? context.ResponseRules.Choose(context.Room, Text!) : [],
                TurnRequests.Bound((Request ?? new TurnRequest(Service)) with { RequestedBy = Service }), context.Now),
            notAsked: null, cancellationToken);
}
