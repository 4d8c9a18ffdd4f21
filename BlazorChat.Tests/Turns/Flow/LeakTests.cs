using BlazorChat.Messages;
using BlazorChat.Turns;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Turns.Flow;

/// <summary>Tests that measure this process: nothing else runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "Alone";
}

/// <summary>Many turns leave in memory what one leaves.</summary>
[Collection(AloneCollection.Name)]
[Trait(nameof(Kind), Kind.Host)]
public sealed class LeakTests : FlowTests
{
    [Fact]
    public async Task Hundreds_of_turns_with_tools_leak_nothing()
    {
        const int Rooms = 4;
        const int TurnsInARow = 10;
        const int RoundsToWarmUp = 5;
        var rounds = Soak.Times(15, 25);
        var turns = rounds * Rooms * TurnsInARow;
        var rooms = new List<Room>();
        for (var i = 0; i < Rooms; i++)
        {
            rooms.Add(await Host.RoomAsync($"Room {i}"));
        }

        using var serving = new CancellationTokenSource();
        var model = ServeAsync();
        var before = 0L;
        for (var round = 0; round < rounds; round++)
        {
            // In each of the rooms side by side.
            await Task.WhenAll(rooms.Select(async room =>
            {
                for (var i = 0; i < TurnsInARow; i++)
                {
                    await Host.PostAsync(room, "Work");
                }

                using var watch = await Host.WatchAsync(room);
                await watch.UntilAsync(s => s.Queue.IsEmpty && !s.Running.Any());
            }));
            if (round == RoundsToWarmUp - 1)
            {
                before = GC.GetTotalMemory(forceFullCollection: true);
            }
        }

        Room = rooms[0];
        await NothingIsLeftAsync();
        Assert.Equal(2 * turns, Model.Requests);
        Assert.Equal(0, GateCount());
        Assert.Equal(0, Host.App.Services.GetRequiredService<RunningTurns>().Count);
        await using (var db = Host.OpenDatabase())
        {
            Assert.Equal(turns, await db.Messages.CountAsync(m => m.AuthorKind == AuthorKind.Assistant));
        }

        // What the turns after the first rounds have left in memory; less than this is the noise of the process.
        var since = (rounds - RoundsToWarmUp) * Rooms * TurnsInARow;
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, since * 20_000L);
        await serving.CancelAsync();
        await model;

        async Task ServeAsync()
        {
            var calls = 0;
            while (!serving.IsCancellationRequested && calls < 2 * turns)
            {
                var request = await Model.NextAsync();
                if (request.Messages[^1].Role == ChatRole.Tool)
                {
                    request.Finish("Done");
                }
                else
                {
                    request.Say(new string('x', 2_000)).Send(Call($"c{calls}", "quick")).Finish(reason: ChatFinishReason.ToolCalls);
                }

                calls++;
            }
        }
    }

    [Fact]
    public async Task Arguments_that_come_in_many_small_pieces_cost_a_few_times_their_length()
    {
        const int Pieces = 50_000;
        await Host.PostAsync(Room, "Work");
        var response = await Model.NextAsync();
        var before = GC.GetTotalAllocatedBytes(precise: true);
        for (var i = 0; i < Pieces; i++)
        {
            response.Write("c1", "quick", "xy");
        }

        response.Finish("Done");
        var ended = await Watch.EndedAsync();
        // In one string for each piece it would be 5 GB.
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 500_000_000);
        Assert.Equal(ToolCallState.Failed, Assert.Single(ended.Calls).State);
    }
}
