using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.Turns.Flow;

/// <summary>What happens to questions while an assistant is busy.</summary>
[Trait(nameof(Kind), Kind.Host)]
public class OverlapTests : FlowTests
{
    [Fact]
    public async Task In_a_queue_each_question_is_answered_in_its_place_and_sees_nothing_of_those_behind_it()
    {
        await Host.PostAsync(Room, "First");
        var first = await Model.NextAsync();
        foreach (var (text, by) in new[] { ("Second", ChatHost.Grace), ("Third", ChatHost.Ada), ("Fourth", ChatHost.Grace) })
        {
            await Host.PostAsync(Room, text, by);
        }

        var places = Watch.Now.Queue.Select(t => t.QuestionId).ToList();
        Assert.Equal(Watch.Now.Messages.Skip(2).Select(m => (Guid?)m.Message.Id), places);
        first.Finish("1");
        var order = new List<Guid?>();
        foreach (var last in new[] { "Grace: Second", "Ada: Third", "Grace: Fourth" })
        {
            var next = await Model.NextAsync();
            Assert.Equal(last, next.Lines.Last());
            order.Add(Watch.Now.Running.Single().Message.QuestionId);
            Assert.DoesNotContain(next.Lines, l => Watch.Now.Queue.Any(t => l.EndsWith(Text(t.QuestionId), StringComparison.Ordinal)));
            next.Finish("ok");
        }

        Assert.Equal(places, order);
        await Watch.EndedAsync(4);
        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task Many_questions_within_a_millisecond_stand_in_the_order_of_their_messages()
    {
        await Host.PostAsync(Room, "Busy");
        var busy = await Model.NextAsync();
        await Task.WhenAll(Enumerable.Range(0, 30).Select(i => Host.PostAsync(Room, $"Question {i}", i % 2 == 0 ? ChatHost.Ada : ChatHost.Grace)));

        var bySequence = Watch.Now.Messages.Where(m => m.Message.Author.Kind == AuthorKind.Person).Skip(1).Select(m => (Guid?)m.Message.Id).ToList();
        Assert.Equal(bySequence, Watch.Now.Queue.Select(t => t.QuestionId));
        await CrashAsync();
        Assert.Equal(bySequence, Watch.Now.Queue.Where(t => t.MessageId is null).Select(t => t.QuestionId));
        busy.Finish("x");
    }

    [Fact]
    public async Task With_latest_only_the_newest_question_is_answered_next()
    {
        await SetAsync(new RoomSettingsChange { Overlap = OverlapPolicy.Latest });
        await Host.PostAsync(Room, "First");
        var first = await Model.NextAsync();
        await Host.PostAsync(Room, "Second", ChatHost.Grace);
        await Host.PostAsync(Room, "Third");
        Assert.Single(Watch.Now.Queue);
        first.Finish("1");
        var next = await Model.NextAsync();
        Assert.Equal(["Ada: First", "assistant: 1", "Grace: Second", "Ada: Third"], next.Lines);
        next.Finish("3");
        await Watch.EndedAsync(2);
        await NothingIsLeftAsync();
        Assert.Equal(2, Model.Requests);

        // It says so at the message, for everybody and after a restart, and it can still be asked.
        var second = Watch.Now.Messages.Single(m => m.Message.Text == "Second").Message;
        Assert.Equal(new MessageStatus.Unanswered("Taken out of the queue: Ada asked something newer."), second.Status);
        await RestartAsync();
        Assert.Equal(second.Status, Watch.Now.Find(second.Id)!.Message.Status);
        Assert.Equal(1, (await Host.Responses.AnswerAgainAsync(ChatHost.Grace, Room.Id, second.Id, default)).Value);
        (await Model.NextAsync()).Finish("2");
        await UntilAsync(s => s.Messages[^1].Message is { Text: "2", Status.IsEnded: true });
        Assert.Equal(MessageStatus.Complete.Instance, Watch.Now.Find(second.Id)!.Message.Status);
    }

    [Fact]
    public async Task With_latest_a_new_question_leaves_an_answer_that_is_tried_again_in_the_queue()
    {
        await SetAsync(new RoomSettingsChange { Overlap = OverlapPolicy.Latest });
        await Host.PostAsync(Room, "First");
        (await Model.NextAsync()).Fail(new BlazorChat.Turns.ResponseFailedException("No."));
        var failed = await Watch.EndedAsync();
        await Host.PostAsync(Room, "Second");
        var second = await Model.NextAsync();
        Assert.Null((await Host.Responses.RegenerateAsync(ChatHost.Ada, Room.Id, failed.Id, default)).Error);
        await Host.PostAsync(Room, "Third");
        var now = await UntilAsync(s => s.Queue.Length == 2);
        Assert.Equal(failed.Id, now.Queue[0].MessageId);
        second.Finish("2");
        (await Model.NextAsync()).Finish("1");
        (await Model.NextAsync()).Finish("3");
        await Watch.EndedAsync(3);
    }

    [Fact]
    public async Task Merged_are_only_the_messages_of_one_author_and_others_never_see_them_before_their_turn()
    {
        await SetAsync(new RoomSettingsChange { Overlap = OverlapPolicy.Merge });
        await Host.PostAsync(Room, "Busy");
        var busy = await Model.NextAsync();
        await Host.PostAsync(Room, "G1", ChatHost.Grace);
        await Host.PostAsync(Room, "A1");
        await Host.PostAsync(Room, "A2");
        await Host.PostAsync(Room, "G2", ChatHost.Grace);
        Assert.Equal(["Grace", "Ada"], Watch.Now.Queue.Select(t => t.RequestedBy.Name));

        busy.Finish("ok");
        var grace = await Model.NextAsync();
        Assert.Equal(["Ada: Busy", "assistant: ok", "Grace: G1", "Grace: G2"], grace.Lines);
        grace.Finish("for G");
        var ada = await Model.NextAsync();
        Assert.Equal(["Ada: Busy", "assistant: ok", "Grace: G1", "Grace: G2", "assistant: for G", "Ada: A1", "Ada: A2"], ada.Lines);
        ada.Finish("for A");
        await Watch.EndedAsync(3);
        Assert.Equal(3, Model.Requests);
    }

    [Fact]
    public async Task A_merged_question_that_is_deleted_leaves_the_others_to_be_answered()
    {
        await SetAsync(new RoomSettingsChange { Overlap = OverlapPolicy.Merge });
        await Host.PostAsync(Room, "Busy");
        var busy = await Model.NextAsync();
        await Host.PostAsync(Room, "Keep this");
        var gone = await Host.PostAsync(Room, "Forget this");
        Assert.Null((await Host.Rooms.DeleteMessageAsync(ChatHost.Ada, Room.Id, gone.Id, default)).Error);
        Assert.Single(Watch.Now.Queue);
        busy.Finish("ok");
        var next = await Model.NextAsync();
        Assert.Equal(["Ada: Busy", "assistant: ok", "Ada: Keep this"], next.Lines);
        next.Finish("kept");
        await Watch.EndedAsync(2);
    }

    [Fact]
    public async Task A_message_is_not_merged_into_another_version_of_an_older_answer()
    {
        await SetAsync(new RoomSettingsChange { Overlap = OverlapPolicy.Merge });
        await Host.PostAsync(Room, "First");
        (await Model.NextAsync()).Fail(new BlazorChat.Turns.ResponseFailedException("No."));
        var failed = await Watch.EndedAsync();
        await Host.PostAsync(Room, "Second");
        var second = await Model.NextAsync();
        await Host.Responses.RegenerateAsync(ChatHost.Ada, Room.Id, failed.Id, default);
        await Host.PostAsync(Room, "Third");
        second.Finish("2");
        var retry = await Model.NextAsync();
        Assert.Equal("Ada: First", retry.Lines.Last());
        retry.Finish("1");
        var third = await Model.NextAsync();
        Assert.Equal("Ada: Third", third.Lines.Last());
        third.Finish("3");
        await Watch.EndedAsync(3);
    }

    [Fact]
    public async Task With_drop_a_question_to_a_busy_assistant_is_refused_with_a_sentence_and_nothing_is_stored()
    {
        await SetAsync(new RoomSettingsChange { Overlap = OverlapPolicy.Drop });
        await Host.PostAsync(Room, "First");
        var first = await Model.NextAsync();
        var refused = await Host.Rooms.PostAsync(ChatHost.Grace, Room.Id, Guid.NewGuid(), "Second", default);
        Assert.Equal(RoomErrorKind.Conflict, refused.Error?.Kind);
        Assert.Contains("one question at a time", refused.Error!.Message, StringComparison.Ordinal);
        Assert.Equal(2, Watch.Now.Messages.Length);
        Assert.Empty(Watch.Now.Queue);
        await using (var db = Host.OpenDatabase())
        {
            Assert.Equal(2, db.Messages.Count(m => m.RoomId == Room.Id));
        }

        first.Finish("1");
        await Watch.EndedAsync();
        Assert.Equal("2", (await AskAsync("Again", "2", ChatHost.Grace)).Text);
    }

    [Fact]
    public async Task Everybody_can_withdraw_their_own_place_and_strangers_cannot()
    {
        await Host.PostAsync(Room, "First");
        var first = await Model.NextAsync();
        await Host.PostAsync(Room, "Of Grace", ChatHost.Grace);
        await Host.PostAsync(Room, "Of Ada");
        var (grace, ada) = (Watch.Now.Queue[0], Watch.Now.Queue[1]);
        var linus = new Person(Guid.NewGuid(), "Linus");
        Assert.Equal(RoomErrorKind.Forbidden, (await Host.Responses.WithdrawAsync(linus, Room.Id, grace.Id, default)).Error?.Kind);
        Assert.Equal(RoomErrorKind.Forbidden, (await Host.Responses.WithdrawAsync(ChatHost.Grace, Room.Id, ada.Id, default)).Error?.Kind);
        Assert.Equal(RoomErrorKind.NotFound, (await Host.Responses.WithdrawAsync(ChatHost.Ada, (await Host.RoomAsync("B")).Id, ada.Id, default)).Error?.Kind);

        var both = await Task.WhenAll(Host.Responses.WithdrawAsync(ChatHost.Grace, Room.Id, grace.Id, default), Host.Responses.WithdrawAsync(ChatHost.Grace, Room.Id, grace.Id, default));
        Assert.Single(both, r => r.Error is null);
        Assert.Equal([ada.Id], Watch.Now.Queue.Select(t => t.Id));
        Assert.Equal(new MessageStatus.Unanswered("Taken out of the queue by Grace."), Watch.Now.Find(grace.QuestionId!.Value)!.Message.Status);
        first.Finish("1");
        var next = await Model.NextAsync();
        Assert.Equal("Ada: Of Ada", next.Lines.Last());
        next.Finish("2");
        await Watch.EndedAsync(2);
        await NothingIsLeftAsync();
    }

    [Fact]
    public async Task A_room_takes_fifty_waiting_questions_and_of_one_person_twenty_and_messages_always()
    {
        await Host.PostAsync(Room, "Busy");
        var busy = await Model.NextAsync();
        for (var i = 0; i < RoomLimits.QueueShare - 1; i++)
        {
            await Host.PostAsync(Room, $"{i}");
        }

        // Two places are not there, so it gets none. The message is there all the same, and says so.
        Assert.StartsWith("Not asked: 20 questions of Ada are already waiting", NotAsked(await Host.PostAsync(Room, "@Demo and @Other")), StringComparison.Ordinal);
        Assert.IsType<MessageStatus.Complete>((await Host.PostAsync(Room, "Last")).Status);
        var notAsked = await Host.PostAsync(Room, "Too many");
        NotAsked(notAsked);
        Assert.Equal(RoomLimits.QueueShare, Watch.Now.Queue.Length);
        Assert.Equal(("Too many", notAsked.Status), (Watch.Now.Messages[^1].Message.Text, Watch.Now.Messages[^1].Message.Status));
        Assert.Equal(RoomErrorKind.Limit, (await Host.Responses.AnswerAgainAsync(ChatHost.Ada, Room.Id, notAsked.Id, default)).Error?.Kind);

        // Others can ask until the room is full.
        for (var i = 0; i < RoomLimits.QueueLength - RoomLimits.QueueShare; i++)
        {
            Assert.IsType<MessageStatus.Complete>((await Host.PostAsync(Room, $"{i}", i % 2 == 0 ? ChatHost.Grace : Linus)).Status);
        }

        Assert.StartsWith("Not asked: 50 questions are already waiting", NotAsked(await Host.PostAsync(Room, "Too many", ChatHost.Grace)), StringComparison.Ordinal);
        Assert.Equal(RoomLimits.QueueLength, Watch.Now.Queue.Length);
        await SetAsync(new RoomSettingsChange { AnswerMode = AnswerMode.WhenMentioned });
        Assert.IsType<MessageStatus.Complete>((await Host.PostAsync(Room, "To nobody")).Status);
        await RestartAsync();
        Assert.Equal(notAsked.Status, (await Host.Live.ReadOlderAsync(ChatHost.Ada, Room.Id, notAsked.Sequence + 1, default)).Value.Messages[^1].Message.Status);
        busy = await Model.NextAsync();

        // When there is room again, it can be asked.
        await Host.Responses.WithdrawAsync(ChatHost.Ada, Room.Id, Watch.Now.Queue.First(t => t.RequestedBy == ChatHost.Ada.AsAuthor()).Id, default);
        Assert.Equal(0, (await Host.Responses.AnswerAgainAsync(ChatHost.Ada, Room.Id, notAsked.Id, default)).Value);
        await SetAsync(new RoomSettingsChange { AnswerMode = AnswerMode.Always });
        Assert.Equal(1, (await Host.Responses.AnswerAgainAsync(ChatHost.Ada, Room.Id, notAsked.Id, default)).Value);
        Assert.Contains(Watch.Now.Queue, t => t.QuestionId == notAsked.Id);
        await UntilAsync(s => s.Find(notAsked.Id) is not { } shown || shown.Message.Status is MessageStatus.Complete);
        await Host.Rooms.ClearAsync(ChatHost.Ada, Room.Id, default);
        await busy.Stopped.Soon();
        await NothingIsLeftAsync();
    }

    private static Person Linus { get; } = new(Guid.Parse("018f0000-0000-7000-8000-00000000000c"), "Linus");

    private static string NotAsked(Message message) => Assert.IsType<MessageStatus.Unanswered>(message.Status).Reason;

    private string Text(Guid? questionId) => Watch.Now.Find(questionId!.Value)!.Message.Text;
}
