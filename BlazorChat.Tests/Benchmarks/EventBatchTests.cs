using BlazorChat.Benchmarks.Circuits;
using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.Benchmarks;

/// <summary>What happens in a room is one render batch on its page, however many parts of the page it changes.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class EventBatchTests
{
    [Fact]
    public async Task An_event_is_one_batch_for_the_room_and_one_for_the_list_of_rooms()
    {
        await using var chat = await ChatHost.StartAsync(settings: [ChatHost.Listening]);
        var room = await chat.RoomAsync();
        await chat.PostAsync(room, "Question");
        (await chat.Model.NextAsync()).Finish("Such an answer");
        await using var client = new CircuitClient(new Uri(chat.App.Urls.First()), compress: false) { Dom = new LogicalDom() };
        using var limit = new CancellationTokenSource(Guard.Patience);
        await client.JoinAsync("Grace", limit.Token);
        await client.StartAsync(await client.LoadAsync($"/rooms/{room.Id}", limit.Token), limit.Token);
        await ShowsAsync("Such an answer", isShown: true);
        var before = client.Batches;

        Assert.Null((await chat.Rooms.ClearAsync(ChatHost.Ada, room.Id, default)).Error);
        await ShowsAsync("Such an answer", isShown: false);
        // What is shown later has been sent later.
        await chat.Rooms.ChangeAsync(ChatHost.Ada, room.Id, "Another name", null, null, default);
        await ShowsAsync("Another name", isShown: true);
        const int Events = 2;
        Assert.InRange(client.Batches - before, Events, Events * 2);

        async Task ShowsAsync(string text, bool isShown)
        {
            while (client.Dom.Text().Contains(text, StringComparison.Ordinal) != isShown)
            {
                await Task.Delay(5, limit.Token);
            }
        }
    }
}
