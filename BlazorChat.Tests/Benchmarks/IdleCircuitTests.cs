using BlazorChat.Benchmarks.Circuits;
using BlazorChat.Benchmarks.Server;
using BlazorChat.Storage;
using BlazorChat.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Benchmarks;

/// <summary>
/// What an idle circuit of a full room holds, as numbers that are the same on every machine; what it weighs is the benchmark's to
/// say. A component costs about 2 KB however little it shows, unless it shows nothing at all (one of them does); a frame costs 40 bytes in
/// an array whose length is a power of two.
/// </summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class IdleCircuitTests
{
    private const int MostComponents = 20;

    // 50 messages of eight frames each, and the page around them.
    private const int MostFrames = 720;

    [Fact]
    public async Task Components_and_frames_are_within_their_budgets()
    {
        await using var chat = await ChatHost.StartAsync(settings: [ChatHost.Listening]);
        var room = await chat.RoomAsync();
        var seeder = new HistorySeeder(chat.App.Services.GetRequiredService<IDbContextFactory<ChatDbContext>>(), TimeProvider.System);
        await seeder.SeedAsync(room.Id, 60, default);
        await using var client = new CircuitClient(new Uri(chat.App.Urls.First()), compress: false) { Dom = new LogicalDom() };
        using var limit = new CancellationTokenSource(Guard.Patience);
        await client.JoinAsync("Ada", limit.Token);
        await client.StartAsync(await client.LoadAsync($"/rooms/{room.Id}", limit.Token), limit.Token);

        while (!client.Dom.Text().Contains("Keep one state", StringComparison.Ordinal))
        {
            await Task.Delay(5, limit.Token);
        }

        Assert.True(
            client.Dom.ComponentCount is > 0 and <= MostComponents,
            $"An idle page has {client.Dom.ComponentCount} components, and each costs every circuit 2 KB: render the new one only while it has something to show.");
        Assert.True(client.Dom.FrameCount is > 0 and <= MostFrames, $"An idle page has {client.Dom.FrameCount} frames.");
    }
}
