using System.Data.Common;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Storage.Postgres;
using BlazorChat.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace BlazorChat.Tests.Storage.Postgres;

/// <summary>A connection that breaks while a transaction is committed says nothing of whether it was.</summary>
[Trait(nameof(Kind), Kind.Process)]
public sealed class PostgresCommitTests : IAsyncLifetime
{
    private readonly BreakingCommits _breaking = new();
    private TestData _data = null!;

    public async Task InitializeAsync() => _data = await TestData.CreateMigratedAsync(TestDatabase.PostgreSQL);

    public async Task DisposeAsync() => await _data.DisposeAsync();

    [Fact]
    public async Task What_was_stored_counts_though_no_answer_came()
    {
        await using var host = await ChatHost.StartAsync(_data, Configure, ["--Turns:JournalInterval=00:00:00.010"]);
        var room = await host.RoomAsync();
        using var watch = await host.WatchAsync(room);
        _breaking.How = Break.After;
        var id = Guid.NewGuid();
        var posted = await host.Rooms.PostAsync(ChatHost.Ada, room.Id, id, "Hello", default);
        Assert.Null(posted.Error);
        Assert.Equal(posted.Value.Id, (await host.Rooms.PostAsync(ChatHost.Ada, room.Id, id, "Hello", default)).Value.Id);
        var response = await host.Model.NextAsync();
        response.Say("Here ");
        await watch.UntilAsync(s => s.Running.Any(m => m.Live!.Frame.Number > 0));
        response.Finish("you are");

        Assert.Equal((MessageStatus.Complete.Instance, "Here you are"), Told(await watch.EndedAsync()));
        Assert.Equal(["Hello", "Here you are"], watch.Now.Messages.Select(m => m.Message.Text));
        Assert.InRange(_breaking.Broken, 3, int.MaxValue);
        Assert.False(host.Model.WasAskedAgain);
    }

    [Fact]
    public async Task What_was_not_stored_is_refused_and_can_be_sent_again()
    {
        await using var host = await ChatHost.StartAsync(_data, Configure);
        var room = await host.RoomAsync();
        using var watch = await host.WatchAsync(room);
        var id = Guid.NewGuid();
        _breaking.How = Break.Before;
        Assert.Equal(RoomErrorKind.Unavailable, (await host.Rooms.PostAsync(ChatHost.Ada, room.Id, id, "Hello", default)).Error?.Kind);
        Assert.Empty(watch.Now.Messages);

        _breaking.How = Break.Never;
        Assert.Null((await host.Rooms.PostAsync(ChatHost.Ada, room.Id, id, "Hello", default)).Error);
        (await host.Model.NextAsync()).Finish("Here");
        Assert.Equal("Here", (await watch.EndedAsync()).Text);
        Assert.Equal(["Hello", "Here"], watch.Now.Messages.Select(m => m.Message.Text));
    }

    private void Configure(WebApplicationBuilder builder) =>
        builder.Services.ConfigureDbContext<PostgresChatDbContext>(options => options.AddInterceptors(_breaking));

    private static (MessageStatus Status, string Text) Told(Message message) => (message.Status, message.Text);

    private enum Break
    {
        Never,

        /// <summary>The server has stored it.</summary>
        After,

        /// <summary>The server ends the connection first.</summary>
        Before,
    }

    private sealed class BreakingCommits : DbTransactionInterceptor
    {
        private int _broken;

        public volatile Break How = Break.Never;

        public int Broken => _broken;

        public override async ValueTask<InterceptionResult> TransactionCommittingAsync(
            DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
        {
            if (How == Break.Before)
            {
                await using var other = new NpgsqlConnection(eventData.Context!.Database.GetConnectionString());
                await other.OpenAsync(cancellationToken);
                await using var command = new NpgsqlCommand("SELECT pg_terminate_backend($1, 10000)", other);
                command.Parameters.AddWithValue(((NpgsqlConnection)transaction.Connection!).ProcessID);
                await command.ExecuteScalarAsync(cancellationToken);
            }

            return result;
        }

        public override Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            if (How != Break.After)
            {
                return Task.CompletedTask;
            }

            Interlocked.Increment(ref _broken);
            throw new NpgsqlException("The connection broke.");
        }
    }
}
