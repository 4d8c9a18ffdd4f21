using System.Text.Json;
using BlazorChat.Assistants.Tools;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Storage;
using BlazorChat.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Assistants.Tools;

[Trait(nameof(Kind), Kind.Host)]
public sealed class SearchToolTests
{
    [Fact]
    public async Task Search_finds_what_was_said_in_this_room_newest_first_and_says_how_much_meanwhile()
    {
        await using var host = await ChatHost.StartAsync(settings: null, assistants: "Demo");
        var room = await QuietRoomAsync(host, "Here");
        var other = await QuietRoomAsync(host, "There");
        await host.PostAsync(room, "The Budget is 100.");
        await host.PostAsync(room, "Something else.");
        await host.PostAsync(room, new string('x', 1_000) + " a budget 😀 " + new string('y', 1_000), ChatHost.Grace);
        await host.PostAsync(other, "Another budget.");

        await using var bench = new ToolBench { Host = host };
        var tool = SearchTool.Create(host.App.Services.GetRequiredService<IRoomStore>());
        var outcome = await bench.Execution.RunAsync(tool, bench.Call("""{"query":"budget"}""", roomId: room.Id), ToolBench.Timeout, bench.Kernel, default);
        Assert.False(outcome.IsError);
        var hits = JsonElement.Parse(outcome.Result).EnumerateArray().ToList();
        Assert.Equal(["Grace", "Ada"], hits.Select(h => h.GetProperty("author").GetString()!));
        Assert.Contains(" a budget 😀 ", hits[0].GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.InRange(hits[0].GetProperty("text").GetString()!.Length, 100, 402);
        Assert.Equal("The Budget is 100.", hits[1].GetProperty("text").GetString());
        Assert.Equal(["Searching…"], bench.Shown.Take(1));
        Assert.Equal(2, bench.Count);

        outcome = await bench.Execution.RunAsync(tool, bench.Call("""{"query":"nowhere"}""", roomId: room.Id), ToolBench.Timeout, bench.Kernel, default);
        Assert.StartsWith("None of", outcome.Result, StringComparison.Ordinal);
        Assert.Equal(0, bench.Count);
        foreach (var (arguments, sentence) in new[]
        {
            ("""{"query":" "}""", "The text to look for must have 1 to 200 characters."),
            ($$"""{"query":"{{new string('x', 201)}}"}""", "The text to look for must have 1 to 200 characters."),
            ("""{"query":"x","count":0}""", "The number of messages must be 1 to 20; it is 0."),
            ("""{"query":"x","count":21}""", "The number of messages must be 1 to 20; it is 21."),
        })
        {
            outcome = await bench.Execution.RunAsync(tool, bench.Call(arguments, roomId: room.Id), ToolBench.Timeout, bench.Kernel, default);
            Assert.Equal((true, $"The tool failed. {sentence}"), (outcome.IsError, outcome.Result));
        }

        // Of a room whose readers nobody knows, nothing is given.
        outcome = await bench.Execution.RunAsync(tool, bench.Call("""{"query":"budget"}""", roomId: Guid.NewGuid()), ToolBench.Timeout, bench.Kernel, default);
        Assert.True(outcome.IsError);
        Assert.Contains("Not everybody who can read this room may see this", outcome.Result, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("type", 0)]
    [InlineData("parts", 0)]
    [InlineData("\"", 1)]
    [InlineData("100%", 1)]
    [InlineData("%", 1)]
    [InlineData("_", 1)]
    [InlineData("a_b", 1)]
    [InlineData("!", 1)]
    [InlineData("\\n", 1)]
    [InlineData("line\nbreak", 1)]
    [InlineData("ÄRGER", 1)]
    [InlineData("größe ÄRGER", 1)]
    [InlineData("ПРИВЕТ", 1)]
    [InlineData("hidden", 0)]
    public async Task A_search_takes_the_text_literally_whatever_the_case_and_never_finds_how_it_is_stored(string query, int expected)
    {
        await using var host = await ChatHost.StartAsync();
        var room = await QuietRoomAsync(host, "Here");
        string[] texts = ["He said “hello”, and \"bye\"", "100% a_b!", "C:\\new", "a line\nbreak", "Größe Ärger", "привет", "smile 😀"];
        foreach (var text in texts)
        {
            await host.PostAsync(room, text);
        }

        await using (var db = host.OpenDatabase())
        {
            var row = await db.Messages.FirstAsync(m => m.RoomId == room.Id);
            row.Parts = row.Parts.Replace("]}", """,{"type":"other","text":"hidden"}]}""", StringComparison.Ordinal);
            await db.SaveChangesAsync();
        }

        var store = host.App.Services.GetRequiredService<IRoomStore>();
        Assert.Equal(expected, (await store.SearchAsync(room.Id, 0, query, 20, default)).Count);
    }

    [Fact]
    public async Task A_search_for_half_a_character_does_no_harm()
    {
        await using var host = await ChatHost.StartAsync();
        var room = await QuietRoomAsync(host, "Here");
        await host.PostAsync(room, "smile 😀");
        var store = host.App.Services.GetRequiredService<IRoomStore>();
        Assert.Empty(await store.SearchAsync(room.Id, 0, "smile \ud83dx", 20, default));
    }

    [Fact]
    public async Task A_search_gives_no_more_than_asked_for_and_nothing_that_was_replaced()
    {
        await using var host = await ChatHost.StartAsync();
        var room = await QuietRoomAsync(host, "Here");
        for (var i = 0; i < 5; i++)
        {
            await host.PostAsync(room, $"word {i}");
        }

        await using (var db = host.OpenDatabase())
        {
            (await db.Messages.OrderByDescending(m => m.Sequence).FirstAsync(m => m.RoomId == room.Id)).IsRetried = true;
            await db.SaveChangesAsync();
        }

        var store = host.App.Services.GetRequiredService<IRoomStore>();
        Assert.Equal(["word 3", "word 2"], (await store.SearchAsync(room.Id, 0, "WORD", 2, default)).Select(m => m.Text));
    }

    [Fact]
    public async Task A_search_looks_at_a_bounded_number_of_messages()
    {
        await using var host = await ChatHost.StartAsync();
        var room = await QuietRoomAsync(host, "Here");
        await host.PostAsync(room, "the needle");
        await using (var db = host.OpenDatabase())
        {
            db.Messages.AddRange(Enumerable.Range(2, RoomLimits.SearchedMessages).Select(i => new MessageRow
            {
                Id = Guid.NewGuid(), RoomId = room.Id, Sequence = i, AuthorKind = AuthorKind.Person, AuthorId = "x", AuthorName = "X",
                ClientId = Guid.NewGuid(), Parts = MessagePartsJson.Write([new TextPart("hay")]), CreatedAt = DateTimeOffset.UnixEpoch,
            }));
            await db.SaveChangesAsync();
        }

        var store = host.App.Services.GetRequiredService<IRoomStore>();
        Assert.Empty(await store.SearchAsync(room.Id, 0, "needle", 20, default));
        Assert.Equal(20, (await store.SearchAsync(room.Id, 0, "hay", 20, default)).Count);
    }

    private static async Task<Room> QuietRoomAsync(ChatHost host, string name)
    {
        var room = await host.RoomAsync(name);
        await host.Rooms.ChangeAsync(ChatHost.Ada, room.Id, null, null, AnswerMode.WhenMentioned, default);
        return room;
    }
}
