using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Storage;
using BlazorChat.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace BlazorChat.Tests.Storage;

/// <summary>Databases of the last version in which rooms had no members and nobody had an account, on each kind of database.</summary>
internal static class RoomsFromBefore
{
    /// <summary>What Ada wrote in each room.</summary>
    public const string Text = "Written before";

    public static async Task<TestData> CreateAsync(TestDatabase kind, params IEnumerable<(Guid Id, string Name, string? Owner)> rooms)
    {
        var data = await TestData.CreateAsync(kind);
        await using var database = data.Open();
        await database.GetService<IMigrator>().MigrateAsync("RemovedMessages");
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var (id, name, owner) in rooms)
        {
            await database.Database.ExecuteSqlAsync($"""
                INSERT INTO "Rooms" ("Id", "Name", "NameKey", "Instructions", "AnswerMode", "CreatedAt", "LastActivityAt", "MessageCount", "LastSequence", "ClearedThrough", "OwnerId",
                    "Overlap", "InputTokens", "OutputTokens", "CachedInputTokens", "ReasoningTokens")
                VALUES ({id}, {name}, {name.ToUpperInvariant()}, 'Be kind.', {(int)AnswerMode.WhenMentioned}, {now}, {now}, 1, 1, 0, {owner}, 0, 0, 0, 0, 0)
                """);
            await database.Database.ExecuteSqlAsync($"""
                INSERT INTO "Messages" ("Id", "RoomId", "Sequence", "AuthorKind", "AuthorId", "AuthorName", "Parts", "Status", "CreatedAt", "IsRetried", "Step")
                VALUES ({Guid.CreateVersion7()}, {id}, 1, {(int)AuthorKind.Person}, {ChatHost.Ada.AsAuthor().Id}, 'Ada', {MessagePartsJson.Write([new TextPart(Text)])}, {(int)StoredStatus.Complete}, {now}, {false}, 0)
                """);
        }

        return data;
    }
}
