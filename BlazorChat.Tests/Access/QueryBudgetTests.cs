using BlazorChat.Access;
using BlazorChat.Benchmarks.Server;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Storage;
using BlazorChat.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Access;

/// <summary>What people do costs the same number of queries, however long the history, and however many members and rooms there are.</summary>
[Trait(nameof(Kind), Kind.Storage)]
public sealed class QueryBudgetTests
{
    private const int Many = 30;

    [Theory]
    [EveryDatabase]
    public async Task The_number_of_queries_does_not_grow_with_history_members_or_rooms(TestDatabase database)
    {
        var commands = new CommandCounter();
        await using var host = await ChatHost.StartAsync(database, b => b.Services.Intercept(commands), [ChatHost.Listening, "--Rooms:NewRooms=Private", "--Accounts:Guests=true"]);
        var ada = await SignedIn.AddAsync(host.App, "Ada", Standing.Registered);
        var room = await RoomAsync("A room");
        await host.PostAsync(room, "Hello", ada);
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri(host.App.Urls.First()) };
        client.DefaultRequestHeaders.Add("Cookie", $"{FormBrowser.PersonCookie}={SignedIn.CookieOf(host.App, ada)}");
        var before = await CostsAsync();

        await new HistorySeeder(host.App.Services.GetRequiredService<IDbContextFactory<ChatDbContext>>(), TimeProvider.System).SeedAsync(room.Id, 20 * Many, default);
        for (var i = 0; i < Many; i++)
        {
            var member = await SignedIn.AddAsync(host.App, $"Member number {i}", Standing.Registered);
            Assert.Null((await host.Rooms.SetMemberAsync(ada, room.Id, member.Id, RoomRole.Member, default)).Error);
            Assert.Null((await host.Rooms.CreateInviteAsync(ada, room.Id, RoomRole.Viewer, TimeSpan.FromDays(1), 1, default)).Error);
            await RoomAsync($"Room number {i}");
        }

        Assert.Equal(before, await CostsAsync());
        Assert.All(before, cost => Assert.InRange(cost.Commands, 0, 12));

        async Task<Room> RoomAsync(string name)
        {
            var made = (await host.Rooms.CreateAsync(ada, name, default)).Value;
            return (await host.Rooms.ChangeAsync(ada, made.Id, null, null, AnswerMode.WhenMentioned, default)).Value;
        }

        async Task<List<(string What, int Commands)>> CostsAsync() =>
        [
            await CostAsync("the page of a room", () => GetAsync($"/rooms/{room.Id}")),
            await CostAsync("a page that leads to a room", () => GetAsync("/")),
            await CostAsync("the list of rooms", () => host.Rooms.ListRoomsAsync(ada, default)),
            await CostAsync("the members", () => host.Rooms.ReadMembersAsync(ada, room.Id, default)),
            await CostAsync("the invites", () => host.Rooms.ListInvitesAsync(ada, room.Id, default)),
            await CostAsync("older messages", () => host.Rooms.ReadOlderAsync(ada, room.Id, long.MaxValue, default)),
            await CostAsync("following a room", async () => (await host.Live.SubscribeAsync(ada, room.Id, () => { }, default)).Value.Dispose()),
            await CostAsync("a message", () => host.PostAsync(room, "Hello again", ada)),
            await CostAsync("somebody who may not", () => host.Rooms.ReadOlderAsync(new Person(Guid.NewGuid(), "Bella"), room.Id, long.MaxValue, default)),
        ];

        async Task GetAsync(string path)
        {
            using var response = await client.GetAsync(path);
            await response.Content.ReadAsStringAsync();
        }

        async Task<(string What, int Commands)> CostAsync(string what, Func<Task> work)
        {
            // The first may read what later ones have at hand.
            await work();
            var count = commands.Count;
            await work();
            return (what, commands.Count - count);
        }
    }
}
