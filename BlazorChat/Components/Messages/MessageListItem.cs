using System.Collections.Immutable;
using BlazorChat.Live;
using BlazorChat.Messages;

namespace BlazorChat.Components.Messages;

/// <summary>A message with its place in the conversation.</summary>
/// <param name="Message">The message.</param>
/// <param name="Day">The reader's day, when it is another than that of the message before; otherwise null.</param>
/// <param name="IsGrouped">
/// Whether it follows closely on another message of its author, so that name and picture need not come again. Answers to different
/// questions are told apart by them, also when a question between them was deleted.
/// </param>
/// <param name="Time">When it was written, by the reader's clock.</param>
internal readonly record struct MessageListItem(MessageFrame Message, DateOnly? Day, bool IsGrouped, DateTimeOffset Time)
{
    private static readonly TimeSpan GroupGap = TimeSpan.FromMinutes(5);

    /// <summary>The rows of a conversation.</summary>
    public static IEnumerable<MessageListItem> Of(ImmutableArray<MessageFrame> messages, Visitor visitor)
    {
        Message? last = null;
        DateOnly? lastDay = null;
        foreach (var message in messages)
        {
            var (author, created) = (message.Message.Author, message.Message.CreatedAt);
            var time = visitor.Local(created);
            var day = DateOnly.FromDateTime(time.DateTime);
            var isNewDay = day != lastDay;
            var isGrouped = !isNewDay && last is not null && author.IsSameAs(last.Author)
                && last.Author.Name == author.Name && last.QuestionId == message.Message.QuestionId
                && last.Status is MessageStatus.Complete && created - last.CreatedAt <= GroupGap;
            yield return new MessageListItem(message, isNewDay ? day : null, isGrouped, time);
            last = message.Message;
            lastDay = day;
        }
    }
}
