using System.Net;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Tests.Storage;

/// <summary>An application that cannot store what people write is not ready, whatever else of its database works.</summary>
[Trait(nameof(Kind), Kind.Storage)]
public sealed class ReadinessTests
{
    [Theory]
    [EveryDatabase]
    public async Task It_is_not_ready_while_messages_cannot_be_stored_and_ready_when_they_can(TestDatabase database)
    {
        await using var host = await ChatHost.StartAsync(database, [ChatHost.Listening]);
        var room = await host.RoomAsync();
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(host));
        await ExecuteAsync(host, database == TestDatabase.Sqlite
            ? """CREATE TRIGGER refuse BEFORE INSERT ON "Messages" BEGIN SELECT RAISE(ABORT, 'no'); END"""
            : """ALTER TABLE "Messages" ADD CONSTRAINT refuse CHECK (false) NOT VALID""");
        Assert.Equal(RoomErrorKind.Unavailable, (await host.Rooms.PostAsync(ChatHost.Ada, room.Id, Guid.NewGuid(), "Hello", default)).Error?.Kind);
        await UntilAsync(HttpStatusCode.ServiceUnavailable);
        // It stays so: looking again does not make it well.
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => UntilAsync(HttpStatusCode.ServiceUnavailable)));

        await ExecuteAsync(host, database == TestDatabase.Sqlite ? "DROP TRIGGER refuse" : """ALTER TABLE "Messages" DROP CONSTRAINT refuse""");
        await UntilAsync(HttpStatusCode.OK);
        await using var db = host.OpenDatabase();
        // What was tried was taken back.
        Assert.Equal([room.Id], await db.Rooms.Where(r => r.Name != "Lobby").Select(r => r.Id).ToListAsync());
        Assert.False(await db.Messages.AnyAsync());

        async Task UntilAsync(HttpStatusCode wanted)
        {
            using var patience = new CancellationTokenSource(Guard.Patience);
            while (await StatusAsync(host) != wanted)
            {
                await Task.Delay(20, patience.Token);
            }
        }
    }

    private static async Task ExecuteAsync(ChatHost host, string sql)
    {
        await using var db = host.OpenDatabase();
        await db.Database.ExecuteSqlRawAsync(sql);
    }

    private static async Task<HttpStatusCode> StatusAsync(ChatHost host)
    {
        using var http = new HttpClient { BaseAddress = new Uri(host.App.Urls.Single()) };
        using var response = await http.GetAsync(new Uri("/health/ready", UriKind.Relative));
        return response.StatusCode;
    }
}
