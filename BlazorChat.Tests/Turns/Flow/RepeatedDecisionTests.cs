using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.Turns.Flow;

/// <summary>A decision that is sent again.</summary>
[Trait(nameof(Kind), Kind.Host)]
public class RepeatedDecisionTests : FlowTests
{
    [Fact]
    public async Task A_yes_that_is_repeated_while_the_answer_goes_on_doubles_no_text_after_a_crash()
    {
        await Host.PostAsync(Room, "Go");
        (await Model.NextAsync()).Send(Call("c1", "asks")).Finish();
        var paused = (await UntilAsync(s => s.Messages[^1].Message.Status is MessageStatus.AwaitingPeople)).Messages[^1].Message;
        Assert.Null((await Host.Responses.DecideAsync(ChatHost.Ada, Room.Id, paused.Id, "c1", paused.Calls.Single().Arguments, true, null, default)).Error);
        (await Model.NextAsync()).Say("Half");
        await UntilJournaledAsync("Half");
        Assert.Null((await Host.Responses.DecideAsync(ChatHost.Ada, Room.Id, paused.Id, "c1", paused.Calls.Single().Arguments, true, null, default)).Error);
        await CrashAsync();
        (await Model.NextAsync()).Finish(" and half");
        Assert.Equal("Half and half", (await Watch.EndedAsync()).Text);
    }
}
