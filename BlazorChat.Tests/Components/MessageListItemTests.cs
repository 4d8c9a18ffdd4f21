using BlazorChat.Components;
using BlazorChat.Components.Messages;
using BlazorChat.Languages;
using BlazorChat.Live;
using BlazorChat.Messages;
using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.Components;

/// <summary>Days begin where the reader's day begins; close messages of one author stand together.</summary>
[Trait(nameof(Kind), Kind.Component)]
public sealed class MessageListItemTests
{
    private static readonly Author Ada = new(AuthorKind.Person, "a", "Ada");
    private static readonly Author Grace = new(AuthorKind.Person, "g", "Grace");
    private static readonly DateTimeOffset Evening = new(2026, 1, 2, 22, 58, 0, TimeSpan.Zero);

    [Fact]
    public void A_line_stands_before_the_first_message_of_each_day()
    {
        var rows = Rows(TimeZoneInfo.Utc, (Ada, 0), (Ada, 1), (Ada, 90));
        Assert.Equal([new DateOnly(2026, 1, 2), null, new DateOnly(2026, 1, 3)], rows.Select(r => r.Day));
    }

    [Fact]
    public void The_day_is_the_readers_day()
    {
        var rows = Rows(Visitor.FindZone("Europe/Berlin"), (Ada, 0), (Ada, 3));
        Assert.Equal([new DateOnly(2026, 1, 2), new DateOnly(2026, 1, 3)], rows.Select(r => r.Day));
    }

    [Fact]
    public void An_unknown_zone_is_UTC()
    {
        Assert.Equal(TimeZoneInfo.Utc, Visitor.FindZone("Nowhere/Land"));
        Assert.Equal(TimeZoneInfo.Utc, Visitor.FindZone(null));
        Assert.Equal(TimeZoneInfo.Utc, Visitor.FindZone("../../etc/passwd"));
    }

    [Fact]
    public void Messages_of_one_author_within_five_minutes_stand_together()
    {
        var rows = Rows(TimeZoneInfo.Utc, (Ada, 0), (Ada, 5), (Ada, 11), (Grace, 12), (Grace, 13));
        Assert.Equal([false, true, false, false, true], rows.Select(r => r.IsGrouped));
    }

    [Fact]
    public void A_new_day_and_a_new_name_begin_a_new_group()
    {
        var rows = Rows(TimeZoneInfo.Utc, (Ada, 50), (Ada, 51), (Ada, 53), (Ada with { Name = "Ada L." }, 54));
        Assert.Equal([false, true, true, false], rows.Select(r => r.IsGrouped));
        Assert.Equal([false, false], Rows(TimeZoneInfo.Utc, (Ada, 61), (Ada, 62)).Select(r => r.IsGrouped));
        Assert.Equal([false, false], Rows(Visitor.FindZone("Europe/Berlin"), (Ada, 0), (Ada, 3)).Select(r => r.IsGrouped));
    }

    [Fact]
    public void What_follows_a_failed_answer_stands_alone()
    {
        var failed = Message(Ada, 0) with { Status = new MessageStatus.Failed("No.") };
        var rows = MessageListItem.Of([new MessageFrame(failed), new MessageFrame(Message(Ada, 1))], new Visitor(null, TimeZoneInfo.Utc)).ToList();
        Assert.False(rows[1].IsGrouped);
    }

    [Fact]
    public void Answers_to_different_questions_have_their_own_heads()
    {
        var (demo, one, another) = (new Author(AuthorKind.Assistant, "demo", "Demo"), Guid.NewGuid(), Guid.NewGuid());
        Message[] responses = [Response(0, one), Response(1, one), Response(2, another)];
        var rows = MessageListItem.Of([.. responses.Select(a => new MessageFrame(a))], new Visitor(null, TimeZoneInfo.Utc)).ToList();
        Assert.Equal([false, true, false], rows.Select(r => r.IsGrouped));

        Message Response(int minute, Guid question) => Message(demo, minute) with { QuestionId = question };
    }

    [Fact]
    public void Only_an_answer_that_is_not_below_its_question_says_what_it_answers()
    {
        var demo = new Author(AuthorKind.Assistant, "demo", "Demo");
        var (one, two) = (Message(Ada, 0), Message(Grace, 1));
        Message[] messages =
        [
            one, two,
            Message(demo, 2) with { QuestionId = one.Id },
            Message(new Author(AuthorKind.Assistant, "other", "Other"), 3) with { QuestionId = one.Id },
            Message(demo, 4) with { QuestionId = two.Id },
            Message(demo, 5),
        ];
        var rows = MessageListItem.Of([.. messages.Select(m => new MessageFrame(m))], new Visitor(null, TimeZoneInfo.Utc)).ToList();
        Assert.Equal([false, false, true, false, true, false], rows.Select(r => r.IsApart));
        Assert.False(MessageListItem.Of([new MessageFrame(one), new MessageFrame(messages[2])], new Visitor(null, TimeZoneInfo.Utc)).Last().IsApart);
    }

    [Theory]
    [InlineData(1, "next")]
    [InlineData(2, "2nd")]
    [InlineData(3, "3rd")]
    [InlineData(4, "4th")]
    [InlineData(11, "11th")]
    [InlineData(12, "12th")]
    [InlineData(21, "21st")]
    [InlineData(50, "50th")]
    public void A_place_in_the_queue_is_one_string_for_all_circuits(int place, string words)
    {
        Assert.Contains($"Waiting · {words}<", WaitingLine.Of(Words.English, place, mayRemove: false), StringComparison.Ordinal);
        Assert.Same(WaitingLine.Of(Words.English, place, mayRemove: true), WaitingLine.Of(Words.English, place, mayRemove: true));
        Assert.NotSame(WaitingLine.Of(Words.English, place, mayRemove: true), WaitingLine.Of(Words.German, place, mayRemove: true));
        Assert.DoesNotContain("button", WaitingLine.Of(Words.English, place, mayRemove: false), StringComparison.Ordinal);
    }

    private static List<MessageListItem> Rows(TimeZoneInfo zone, params (Author Author, int Minute)[] messages) =>
        [.. MessageListItem.Of([.. messages.Select(m => new MessageFrame(Message(m.Author, m.Minute)))], new Visitor(null, zone))];

    private static Message Message(Author author, int minute) => new()
    {
        Id = Guid.NewGuid(),
        RoomId = Guid.Empty,
        Sequence = minute,
        Author = author,
        Parts = [new TextPart("Text")],
        Status = MessageStatus.Complete.Instance,
        CreatedAt = Evening.AddMinutes(minute),
    };
}
