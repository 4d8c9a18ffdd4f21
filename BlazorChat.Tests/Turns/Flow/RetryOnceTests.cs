using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using Microsoft.Extensions.AI;

namespace BlazorChat.Tests.Turns.Flow;

/// <summary>A retry of a response that waits to go on.</summary>
[Trait(nameof(Kind), Kind.Host)]
public class RetryOnceTests : FlowTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_that_is_about_to_go_on_or_to_be_another_is_not_retried_too(bool continues)
    {
        await Host.LetMembersAsync(Room);
        await Host.PostAsync(Room, "One");
        (await Model.NextAsync()).Finish("The quick bro", ChatFinishReason.Length);
        var cut = await Watch.EndedAsync();
        await Host.PostAsync(Room, "Two");
        var busy = await Model.NextAsync();
        Assert.Null((continues
            ? await Host.Responses.ContinueAsync(ChatHost.Ada, Room.Id, cut.Id, default)
            : await Host.Responses.RegenerateAsync(ChatHost.Ada, Room.Id, cut.Id, default)).Error);
        var retried = await Host.Responses.RetryAsync(ChatHost.Grace, Room.Id, cut.Id, default);
        busy.Finish("2");
        Assert.Equal(RoomErrorKind.Conflict, retried.Error?.Kind);
    }
}
