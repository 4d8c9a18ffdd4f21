using BlazorChat.Messages;
using BlazorChat.Storage;
using Microsoft.EntityFrameworkCore;

namespace BlazorChat.Benchmarks.Server;

/// <inheritdoc cref="IHistorySeeder"/>
internal sealed class HistorySeeder(IDbContextFactory<ChatDbContext> contexts, TimeProvider time) : IHistorySeeder
{
    private const string Question = "How do we keep the list of rooms live for everybody without asking the database each time?";

    private const string Response = """
        Keep **one state** for all viewers and change it by events:

        1. Store what happened.
        2. Apply it to the state in memory.
        3. Tell viewers that something changed, and let them read.

        So a slow viewer costs nothing, and `every` viewer ends with the same list.
        """;

    /// <inheritdoc/>
    public async Task SeedAsync(Guid room, int messages, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var row = await db.Rooms.SingleAsync(r => r.Id == room, cancellationToken);
        for (var i = 1; i <= messages; i++)
        {
            var isQuestion = i % 2 == 1;
            var now = time.GetUtcNow();
            row.Set(row.ToRoom().WithMessage(now));
            db.Messages.Add(new MessageRow
            {
                Id = Guid.CreateVersion7(now),
                RoomId = room,
                Sequence = row.LastSequence,
                AuthorKind = isQuestion ? AuthorKind.Person : AuthorKind.Assistant,
                AuthorId = isQuestion ? "benchmark" : "assistant",
                AuthorName = isQuestion ? "Benchmark" : "Assistant",
                Parts = MessagePartsJson.Write([new TextPart(isQuestion ? Question : Response)]),
                CreatedAt = now,
            });
        }

        await db.SaveChangesAsync(cancellationToken);
    }
}
