using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Text;

namespace BlazorChat.Commands;

/// <summary>Changes the caller's own message. The old text is kept as an earlier version.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="By">The author.</param>
/// <param name="MessageId">The message.</param>
/// <param name="Text">The new text, with the same rules as for a new message.</param>
internal sealed record EditMessage(Guid RoomId, Person? By, Guid MessageId, string? Text) : RoomCommand<Message>(RoomId, By)
{
    internal override RoomPermission? Permission => RoomPermission.EditMessage;

    internal override Guid? SubjectId => MessageId;

    // It stores as much as a new message does.
    internal override bool IsRated => true;

    internal override RoomError? Check() => MessageText.Check(MessageId, Text);

    internal override async Task<Result<Message>> RunAsync(RoomCommandContext context, CancellationToken cancellationToken)
    {
        var message = context.Subject!;
        if (message.Author.Kind != AuthorKind.Person)
        {
            return new RoomError(RoomErrorKind.Forbidden, "Only people's messages can be edited.");
        }

        if (message.Text == Text)
        {
            return message;
        }

        if (message.Versions >= RoomLimits.Versions)
        {
            return new RoomError(RoomErrorKind.Limit, $"This message has been edited {RoomLimits.Versions - 1} times, which is the maximum.");
        }

        return await context.ChangeAsync<Message>(async (change, token) =>
        {
            if (await change.FindMessageAsync(MessageId, token).ConfigureAwait(false) is not { } stored)
            {
                return RoomErrors.NoSuchMessage;
            }

            change.KeepVersion(stored);
            var edited = stored with { Parts = [new TextPart(MessageText.Shown(Text!))], EditedAt = context.Now, Versions = stored.Versions + 1 };
            change.SaveAndTell(edited);
            return edited;
        }, cancellationToken).ConfigureAwait(false);
    }
}
