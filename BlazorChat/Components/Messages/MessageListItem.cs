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
/// <param name="IsApart">Whether it is an answer that is not directly below its question, or below another answer to it, so that it has to say what it answers.</param>
/// <param name="IsFirstOfKind">Whether it is the first answer of the day.</param>
internal readonly record struct MessageListItem(MessageFrame Message, DateOnly? Day, bool IsGrouped, bool IsApart, bool IsFirstOfKind)
{
    private static readonly TimeSpan GroupGap = TimeSpan.FromMinutes(5);

    /// <summary>Gives the rows of a conversation.</summary>
    public static IEnumerable<MessageListItem> Of(ImmutableArray<MessageFrame> messages, Visitor visitor)
    {
        Message? last = null;
        DateOnly? lastDay = null;
        var isAnswered = false;
        foreach (var message in messages)
        {
            var (author, created) = (message.Message.Author, message.Message.CreatedAt);
            var time = visitor.Local(created);
            var day = DateOnly.FromDateTime(time.DateTime);
            var isAnswer = message.Message.Author.Kind == AuthorKind.Assistant;
            var isNewDay = day != lastDay;
            var isGrouped = !isNewDay && last is not null && author.IsSameAs(last.Author)
                && last.Author.Name == author.Name && last.QuestionId == message.Message.QuestionId
                && last.Status is MessageStatus.Complete && created - last.CreatedAt <= GroupGap;
            var isApart = isAnswer && message.Message.QuestionId is { } question && last?.Id != question && last?.QuestionId != question;
            isAnswered &= !isNewDay;
            yield return new MessageListItem(message, isNewDay ? day : null, isGrouped, isApart, isAnswer && !isAnswered);
            isAnswered |= isAnswer;
            last = message.Message;
            lastDay = day;
        }
    }
}
