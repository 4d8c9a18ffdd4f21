using BlazorChat.Live;
using BlazorChat.Messages;
using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.Live;

/// <summary>A page that is not on screen is told of messages, and not of each piece of a running response.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class HiddenPageTests
{
    [Fact]
    public async Task A_hidden_page_gets_no_notice_of_text_and_one_of_a_message_that_has_ended()
    {
        await using var host = await ChatHost.StartAsync();
        var room = await host.RoomAsync();
        using var visible = await host.WatchAsync(room);
        await host.PostAsync(room, "Hello");
        var response = await host.Model.NextAsync();
        await visible.UntilAsync(s => s.Running.Any());

        var notices = 0;
        var noticed = new SemaphoreSlim(0);
        using var hidden = (await host.Live.SubscribeAsync(ChatHost.Grace, room.Id, () =>
        {
            Interlocked.Increment(ref notices);
            noticed.Release();
        }, default)).Value;
        hidden.Hide(true);
        const int Pieces = 10;
        for (var i = 0; i < Pieces; i++)
        {
            // A frame of its own for each: the next is said when the one before has been shown. Who has looked is told again.
            hidden.Read();
            var before = visible.Now.Running.Single().Live!.Frame.Number;
            response.Say($"w{i} ");
            await visible.UntilAsync(s => s.Running.Single().Live!.Frame.Number > before);
        }

        // What happened before the first piece, and that a text begins, may be told late.
        Assert.InRange(Volatile.Read(ref notices), 0, 2);
        while (noticed.Wait(0))
        {
        }

        response.Finish();
        await visible.EndedAsync();
        do
        {
            Assert.True(await noticed.WaitAsync(Guard.Patience));
        }
        while (!hidden.Read().Messages[^1].Message.Status.IsEnded);
    }

    [Fact]
    public async Task A_page_that_is_shown_again_is_told_of_text_again()
    {
        await using var host = await ChatHost.StartAsync();
        var room = await host.RoomAsync();
        await host.PostAsync(room, "Hello");
        var response = await host.Model.NextAsync();
        using var watch = await host.WatchAsync(room);
        watch.Hide(true);
        watch.Hide(false);
        response.Say("Here");
        await watch.UntilAsync(s => s.Running.Any(m => m.Live!.Frame.Parts is [{ Part: TextPart }]));
        response.Finish();
        await watch.EndedAsync();
    }

    [Fact]
    public void Only_pages_on_screen_count_for_the_pace_and_leaving_hidden_leaves_nothing_behind()
    {
        using var loggers = new Microsoft.Extensions.Logging.LoggerFactory();
        var viewers = new ViewerSet(new ViewerNotifier(new Microsoft.Extensions.Logging.Logger<ViewerNotifier>(loggers)));
        var (first, second) = (viewers.Add(() => { }), viewers.Add(() => { }));
        viewers.Hide(first, true);
        viewers.Hide(first, true);
        Assert.Equal((2, 1), (viewers.Count, viewers.Visible));
        viewers.Remove(first);
        Assert.Equal((1, 1), (viewers.Count, viewers.Visible));
        viewers.Hide(second, true);
        viewers.Hide(second, false);
        Assert.Equal((1, 1), (viewers.Count, viewers.Visible));
    }
}
