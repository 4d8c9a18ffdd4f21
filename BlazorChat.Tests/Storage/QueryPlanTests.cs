using System.Data.Common;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Storage;

/// <summary>What people wait for is read through an index, in its order: its cost does not grow with the history.</summary>
[Trait(nameof(Kind), Kind.Storage)]
public sealed class QueryPlanTests
{
    [Theory]
    [EveryDatabase]
    public async Task A_page_of_messages_is_read_through_the_index_without_sorting(TestDatabase database) =>
        AssertThroughIndex(await PlanAsync(database, "DESC", (store, room) => store.ReadPageAsync(room, 900, 50, default)));

    [Theory]
    [EveryDatabase]
    public async Task A_search_reads_through_the_index_without_sorting(TestDatabase database) =>
        AssertThroughIndex(await PlanAsync(database, "LIKE", (store, room) => store.SearchAsync(room, 0, "hello", 1, default)));

    private static void AssertThroughIndex(string plan)
    {
        Assert.Contains("IX_Messages_RoomId_Sequence", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("TEMP B-TREE", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("Sort", plan, StringComparison.Ordinal);
    }

    private static async Task<string> PlanAsync(TestDatabase database, string word, Func<IRoomStore, Guid, Task> run)
    {
        var sql = new LastCommand(word);
        await using var host = await ChatHost.StartAsync(database, b => b.Services.Intercept(sql));
        var room = await host.RoomAsync();
        await StorageTests.SeedAsync(host, (await host.RoomAsync("Other")).Id, 2_000);
        await StorageTests.SeedAsync(host, room.Id, 2_000);
        await using var db = host.OpenDatabase();
        await db.Database.ExecuteSqlRawAsync("ANALYZE");
        await run(host.App.Services.GetRequiredService<IRoomStore>(), room.Id);

        await db.Database.OpenConnectionAsync();
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = (database == TestDatabase.Sqlite ? "EXPLAIN QUERY PLAN " : "EXPLAIN ") + sql.Text;
        foreach (var (name, value) in sql.Parameters)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }

        var steps = new List<string>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            steps.Add(reader.GetString(reader.FieldCount - 1));
        }

        return string.Join('\n', steps);
    }

    /// <summary>The last query about messages with a word in it.</summary>
    private sealed class LastCommand(string word) : DbCommandInterceptor
    {
        public string Text { get; private set; } = "";

        public IReadOnlyList<(string Name, object? Value)> Parameters { get; private set; } = [];

        public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
        {
            if (command.CommandText.Contains(word, StringComparison.Ordinal) && command.CommandText.Contains("\"Messages\"", StringComparison.Ordinal))
            {
                Text = command.CommandText;
                Parameters = [.. command.Parameters.Cast<DbParameter>().Select(p => (p.ParameterName, p.Value))];
            }

            return base.ReaderExecutingAsync(command, eventData, result, cancellationToken);
        }
    }
}
