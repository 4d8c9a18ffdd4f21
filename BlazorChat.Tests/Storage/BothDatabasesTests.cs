using BlazorChat.Messages;
using BlazorChat.Turns;
using BlazorChat.Rooms;
using BlazorChat.Storage;
using BlazorChat.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Storage;

/// <summary>What one database takes and the other refuses, or sorts and compares in another way: both do the same.</summary>
[Trait(nameof(Kind), Kind.Storage)]
public sealed class BothDatabasesTests
{
    private const string Odd = "a\0b\uD800c\uDC00\uD83E\uDD99";

    private const string Stored = "a\uFFFDb\uFFFDc\uFFFD\uD83E\uDD99";

    [Theory]
    [EveryDatabase]
    public async Task NUL_and_halves_of_surrogate_pairs_are_replaced_in_every_column(TestDatabase database)
    {
        await using var host = await ChatHost.StartAsync(database);
        var room = await host.RoomAsync();
        var id = Guid.NewGuid();
        await using (var db = host.OpenDatabase())
        {
            var columns = db.Model.GetEntityTypes().SelectMany(type => type.GetFlattenedProperties()).ToList();
            Assert.Contains(columns, c => c.Name == nameof(MessageRow.Parts));
            Assert.All(columns.Where(c => c.ClrType == typeof(string)), c => Assert.Equal(Stored, c.GetTypeMapping().Converter?.ConvertToProvider(Odd)));
            // What is text in the database alone would need a look of its own.
            Assert.DoesNotContain(columns, c => c.ClrType != typeof(string) && c.GetTypeMapping().Converter?.ProviderClrType == typeof(string));

            db.Messages.Add(Row(room, 1, id, Odd, Odd));
            await db.SaveChangesAsync();
        }

        await using (var db = host.OpenDatabase())
        {
            var row = await db.Messages.SingleAsync(m => m.Id == id);
            Assert.Equal((Stored, Stored, Stored), (row.AuthorName, row.StatusDetail, row.AuthorId));
            // What is looked for is replaced, too.
            Assert.Equal(id, (await db.Messages.SingleAsync(m => m.AuthorId == Odd)).Id);
        }
    }

    [Theory]
    [EveryDatabase]
    public async Task What_people_and_models_write_is_kept_but_for_what_is_no_text(TestDatabase database)
    {
        await using var host = await ChatHost.StartAsync(database, settings: ["--Turns:JournalInterval=00:00:00.010"]);
        var room = await host.RoomAsync();
        using var watch = await host.WatchAsync(room);
        await host.PostAsync(room, "Go");
        var response = await host.Model.NextAsync();
        response.Say(Odd);
        await using (var db = host.OpenDatabase())
        {
            using var patience = new CancellationTokenSource(Guard.Patience);
            while (!await db.Journal.AnyAsync(patience.Token))
            {
                await Task.Delay(5, patience.Token);
            }

            Assert.Equal(Stored, string.Concat(await db.Journal.OrderBy(p => p.Ordinal).Select(p => p.Text).ToListAsync()));
        }

        response.Finish();
        await watch.EndedAsync();
        var message = (await host.App.Services.GetRequiredService<IRoomStore>().ReadPageAsync(room.Id, null, 1, default)).Messages.Single();
        Assert.Equal(Stored, message.Text);
    }

    [Theory]
    [EveryDatabase]
    public async Task A_piece_for_the_journal_is_replaced_by_the_store_itself(TestDatabase database)
    {
        await using var host = await ChatHost.StartAsync(database);
        var room = await host.RoomAsync();
        await host.PostAsync(room, "Go");
        await host.Model.NextAsync();
        await using var db = host.OpenDatabase();
        var response = await db.Messages.SingleAsync(m => m.AuthorKind == AuthorKind.Assistant);
        await host.App.Services.GetRequiredService<ITurnStore>().AppendJournalAsync([new JournalPiece(response.Id, 0, 77, false, Odd)], default);
        Assert.Equal(Stored, (await db.Journal.SingleAsync(p => p.Ordinal == 77)).Text);
    }

    [Theory]
    [EveryDatabase]
    public async Task Text_is_compared_and_sorted_by_its_bytes(TestDatabase database)
    {
        await using var host = await ChatHost.StartAsync(database);
        var room = await host.RoomAsync();
        string[] names = ["a", "B", "A", "b", "é", "e\u0301", "Z", "ä", "_", "10", "9", "", " ", "\uD83E\uDD99", "\uFFFD"];
        await using (var db = host.OpenDatabase())
        {
            db.Messages.AddRange(names.Select((name, i) => Row(room, i + 1, Guid.NewGuid(), name, null)));
            await db.SaveChangesAsync();
        }

        await using (var db = host.OpenDatabase())
        {
            var ofRoom = db.Messages.Where(m => m.RoomId == room.Id);
            Assert.Equal(
                names.OrderBy(n => Convert.ToHexString(System.Text.Encoding.UTF8.GetBytes(n)), StringComparer.Ordinal),
                await ofRoom.OrderBy(m => m.AuthorName).Select(m => m.AuthorName).ToListAsync());
            Assert.Equal(1, await ofRoom.CountAsync(m => m.AuthorName == "a"));
            Assert.Equal(1, await ofRoom.CountAsync(m => m.AuthorName == "é"));
        }
    }

    [Theory]
    [EveryDatabase]
    public async Task Rooms_may_share_a_name_and_an_id_is_taken_only_as_it_is(TestDatabase database)
    {
        await using var host = await ChatHost.StartAsync(database);
        var room = await host.RoomAsync("Straße ÀB");
        // A refusal would tell of a room that one may not see.
        Assert.Null((await host.Rooms.CreateAsync(ChatHost.Grace, "Straße ÀB", default)).Error);
        var client = Guid.NewGuid();
        async Task<long> PostAsync(string service) =>
            (await host.Rooms.PostFromServerAsync(new Author(AuthorKind.Service, service, "X"), room.Id, client, "One", asksForResponse: false, default)).Value.Sequence;
        Assert.Equal((1, 2, 1), (await PostAsync("id"), await PostAsync("ID"), await PostAsync("id")));
    }

    [Theory]
    [EveryDatabase("HELLO", "hello", true)]
    [EveryDatabase("hello", "HeLLo there", true)]
    [EveryDatabase("i", "I", true)]
    [EveryDatabase("é", "É", true)]
    [EveryDatabase("ß", "SS", false)]
    [EveryDatabase("k", "\u212A", false)]
    [EveryDatabase("100%", "100% sure", true)]
    [EveryDatabase("100%", "100 percent", false)]
    [EveryDatabase("a_b", "axb", false)]
    [EveryDatabase("!", "what!", true)]
    [EveryDatabase("\\", "back\\slash", true)]
    [EveryDatabase("say \"x\"", "I say \"x\"", true)]
    public async Task A_search_finds_the_same(string query, string text, bool isFound, TestDatabase database)
    {
        await using var host = await ChatHost.StartAsync(database);
        var room = await host.RoomAsync();
        await host.PostAsync(room, text);
        var found = await host.App.Services.GetRequiredService<IRoomStore>().SearchAsync(room.Id, 0, query, 10, default);
        Assert.Equal(isFound, found.Any(m => m.Text == text));
    }

    [Theory]
    [EveryDatabase]
    public async Task Times_are_kept_to_the_millisecond_in_universal_time_and_compared_as_points_in_time(TestDatabase database)
    {
        await using var host = await ChatHost.StartAsync(database);
        var room = await host.RoomAsync();
        var time = new DateTimeOffset(2026, 3, 29, 2, 30, 0, TimeSpan.FromHours(2)).AddTicks(1_239_999);
        DateTimeOffset[] times = [time, time.ToOffset(TimeSpan.FromHours(-11)), DateTimeOffset.MinValue, DateTimeOffset.MaxValue, DateTimeOffset.UnixEpoch.AddTicks(-1)];
        await using (var db = host.OpenDatabase())
        {
            db.Messages.AddRange(times.Select((t, i) => Row(room, i + 1, Guid.NewGuid(), "X", null, t)));
            await db.SaveChangesAsync();
        }

        await using (var db = host.OpenDatabase())
        {
            var stored = await db.Messages.Where(m => m.RoomId == room.Id).OrderBy(m => m.Sequence).Select(m => m.CreatedAt).ToListAsync();
            Assert.Equal(times.Select(t => t.ToUnixTimeMilliseconds()), stored.Select(t => t.ToUnixTimeMilliseconds()));
            Assert.All(stored, t => Assert.Equal((TimeSpan.Zero, 0), (t.Offset, (int)(t.Ticks % TimeSpan.TicksPerMillisecond))));
            Assert.Equal(2, await db.Messages.CountAsync(m => m.RoomId == room.Id && m.CreatedAt == time.ToOffset(TimeSpan.FromHours(5))));
        }
    }

    [Theory]
    [EveryDatabase]
    public async Task Numbers_at_their_bounds_and_long_text_are_kept(TestDatabase database)
    {
        await using var host = await ChatHost.StartAsync(database);
        var room = await host.RoomAsync();
        // Longer than the app allows: bounds are its own, and neither database cuts or refuses.
        var name = new string('x', RoomLimits.PersonNameLength + 100);
        await using (var db = host.OpenDatabase())
        {
            var row = await db.Rooms.SingleAsync(r => r.Id == room.Id);
            (row.InputTokens, row.CostMicros, row.LastSequence, row.MessageCount, row.QuietMilliseconds) = (long.MaxValue, long.MinValue, long.MaxValue, int.MaxValue, int.MinValue);
            var message = Row(room, long.MaxValue, Guid.NewGuid(), name, null);
            message.Parts = MessagePartsJson.Write([new TextPart(new string('é', 1_000_000))]);
            db.Messages.Add(message);
            await db.SaveChangesAsync();
        }

        await using (var db = host.OpenDatabase())
        {
            var row = await db.Rooms.SingleAsync(r => r.Id == room.Id);
            Assert.Equal((long.MaxValue, long.MinValue, long.MaxValue, int.MaxValue, int.MinValue), (row.InputTokens, row.CostMicros, row.LastSequence, row.MessageCount, row.QuietMilliseconds));
            var message = await db.Messages.SingleAsync(m => m.RoomId == room.Id);
            Assert.Equal((name, 1_000_000), (message.AuthorName, message.ToMessage().Text.Length));
        }
    }

    [Theory]
    [EveryDatabase]
    public async Task Ids_sort_as_they_were_made(TestDatabase database)
    {
        await using var host = await ChatHost.StartAsync(database);
        var room = await host.RoomAsync();
        var ids = Enumerable.Range(0, 300).Select(i => OrderedIds.Next(DateTimeOffset.UnixEpoch.AddYears(60).AddMilliseconds(i / 100))).ToList();
        await using (var db = host.OpenDatabase())
        {
            db.Messages.AddRange(ids.Select((id, i) => Row(room, i + 1, id, "X", null)));
            await db.SaveChangesAsync();
        }

        await using (var db = host.OpenDatabase())
        {
            Assert.Equal(ids, await db.Messages.Where(m => m.RoomId == room.Id).OrderBy(m => m.Id).Select(m => m.Id).ToListAsync());
        }
    }

    [Theory]
    [EveryDatabase]
    public async Task Two_running_turns_of_one_assistant_in_a_room_are_refused_by_the_database(TestDatabase database)
    {
        await using var host = await ChatHost.StartAsync(database);
        var room = await host.RoomAsync();
        await using var db = host.OpenDatabase();
        db.Turns.AddRange(Turn(), Turn());
        await Assert.ThrowsAsync<DbUpdateException>(() => db.SaveChangesAsync());

        TurnRow Turn() => new()
        {
            Id = Guid.NewGuid(),
            RoomId = room.Id,
            AssistantId = "demo",
            State = TurnStatus.Running,
            RequestedById = "ada",
            RequestedByName = "Ada",
        };
    }

    private static MessageRow Row(Room room, long sequence, Guid id, string name, string? detail, DateTimeOffset? time = null) => new()
    {
        Id = id,
        RoomId = room.Id,
        Sequence = sequence,
        AuthorKind = AuthorKind.Person,
        AuthorId = name,
        AuthorName = name,
        StatusDetail = detail,
        ClientId = Guid.NewGuid(),
        Parts = MessagePartsJson.Write([new TextPart("Hello")]),
        CreatedAt = time ?? DateTimeOffset.UnixEpoch,
    };
}
