using System.Collections.Immutable;
using BlazorChat.Live;
using BlazorChat.Messages;

namespace BlazorChat.Components.Messages;

/// <summary>A message with its place in the conversation.</summary>
/// <param name="Message">The message.</param>
/// <param name="Day">The day in the reader's time zone, if it differs from the previous message's day; otherwise null.</param>
/// <param name="IsGrouped">
/// Whether the message closely follows another one by its author, so that name and picture are not repeated. Responses to different
/// questions are never grouped, even if a question between them was deleted.
/// </param>
/// <param name="Time">The time of writing, in the reader's time zone.</param>
internal readonly record struct MessageListItem(MessageFrame Message, DateOnly? Day, bool IsGrouped, DateTimeOffset Time)
{
    private static readonly TimeSpan GroupGap = TimeSpan.FromMinutes(5);

    /// <summary>Gives the rows of a conversation.</summary>
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
