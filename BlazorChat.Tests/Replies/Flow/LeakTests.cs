using BlazorChat.Replies;
using BlazorChat.Rooms;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Replies.Flow;

/// <summary>Tests that measure this process: nothing else runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    public const string Name = "Alone";
}

/// <summary>Many turns leave in memory what one leaves.</summary>
[Collection(AloneCollection.Name)]
public sealed class LeakTests : FlowTests
{
    [Fact]
    public async Task A_thousand_turns_with_tools_leak_nothing()
    {
        var rooms = new List<Room>();
        for (var i = 0; i < 4; i++)
        {
            rooms.Add(await Host.RoomAsync($"Room {i}"));
        }

        using var serving = new CancellationTokenSource();
        var model = ServeAsync();
        var before = 0L;
        for (var round = 0; round < 25; round++)
        {
            // Ten in a row in each of four rooms side by side.
            await Task.WhenAll(rooms.Select(async room =>
            {
                for (var i = 0; i < 10; i++)
                {
                    await Host.PostAsync(room, "Work");
                }

                using var watch = await Host.WatchAsync(room);
                await watch.UntilAsync(s => s.Queue.IsEmpty && !s.Running.Any());
            }));
            if (round == 4)
            {
                before = GC.GetTotalMemory(forceFullCollection: true);
            }
        }

        Room = rooms[0];
        await NothingIsLeftAsync();
        Assert.Equal(2_000, Model.Requests);
        Assert.Equal(0, GateCount());
        Assert.Equal(0, Host.App.Services.GetRequiredService<RunningTurns>().Count);
        await using (var db = Host.OpenDatabase())
        {
            Assert.Equal(1_000, await db.Messages.CountAsync(m => m.AuthorKind == AuthorKind.Assistant));
        }

        // What 800 turns more have left in memory: far less than they had in it.
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 16_000_000);
        await serving.CancelAsync();
        await model;

        async Task ServeAsync()
        {
            var calls = 0;
            while (!serving.IsCancellationRequested && calls < 2_000)
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
        var answer = await Model.NextAsync();
        var before = GC.GetTotalAllocatedBytes(precise: true);
        for (var i = 0; i < Pieces; i++)
        {
            answer.Write("c1", "quick", "xy");
        }

        answer.Finish("Done");
        var ended = await Watch.EndedAsync();
        // In one string for each piece it would be 5 GB.
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 500_000_000);
        Assert.Equal(ToolCallState.Failed, Assert.Single(ended.Calls).State);
    }
}
