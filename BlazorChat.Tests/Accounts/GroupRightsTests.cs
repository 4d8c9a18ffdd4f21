using BlazorChat.Access;
using BlazorChat.Accounts;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Accounts;

/// <summary>What groups of an organization give and take, also where the last one who decides goes with them.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class GroupRightsTests
{
    private static readonly string[] Settings =
    [
        // Nobody asks it: the tests say what the groups are.
        "--OpenIdConnect:Company:Authority=http://127.0.0.1:9", "--OpenIdConnect:Company:ClientId=chat", "--OpenIdConnect:Company:ClientSecret=secret",
        "--OpenIdConnect:Company:AdministratorGroups:0=admins",
    ];

    [Theory]
    [EveryDatabase]
    public async Task A_server_whose_last_administrator_went_with_a_group_is_not_a_new_one(TestDatabase database)
    {
        await using var host = await AccountHost.StartAsync(database, Settings);
        var first = host.FirstLink!;
        var guest = host.Browser();
        await guest.JoinAsync("Grace");
        var olga = new Person(Guid.NewGuid(), "Olga");
        await host.Chat.AddPersonAsync(olga, Standing.Registered);
        await ApplyAsync(host, olga, "admins");
        Assert.Equal(Standing.Administrator, host.People.StandingOf(olga));
        Assert.False(await AccountHost.IsInAsync(guest));

        await ApplyAsync(host, olga);
        Assert.Equal(Standing.Registered, host.People.StandingOf(olga));
        await AssertNotNewAsync();
        Assert.Contains(host.Log.Lines, l => l.Text.Contains("no administrator any more", StringComparison.Ordinal));

        await host.RestartAsync(Settings);
        await AssertNotNewAsync();
        Assert.Contains(host.Log.Lines, l => l.Text.Contains("no administrator any more", StringComparison.Ordinal));

        // Not even when the account goes, and its row would go.
        await host.Chat.App.Services.GetRequiredService<BlazorChat.Storage.PeopleStore>().ChangeAsync(async change =>
        {
            await change.DeleteAsync((await change.FindAsync(olga.Id))!, MessagesOfDeleted.Keep, host.Time.GetUtcNow());
            return true;
        }, default);
        host.Time.Advance(TimeSpan.FromDays(200));
        await host.RestartAsync(Settings);
        await AssertNotNewAsync();

        async Task AssertNotNewAsync()
        {
            Assert.False(host.People.HasAdministrator);
            Assert.Contains("<h1>Sign in</h1>", await host.Browser().ReadAsync("/join"), StringComparison.Ordinal);
            Assert.Contains("has been used", await host.Browser().ReadAsync(first), StringComparison.Ordinal);
            Assert.True(host.FirstLink is null || host.FirstLink == first);
        }
    }

    [Fact]
    public async Task Who_runs_the_machine_makes_somebody_an_administrator_again_whatever_their_groups_say()
    {
        await using var host = await AccountHost.StartAsync(TestDatabase.Sqlite, Settings);
        var olga = new Person(Guid.NewGuid(), "Olga");
        await host.Chat.AddPersonAsync(olga, Standing.Registered);
        await ApplyAsync(host, olga, "admins");
        await ApplyAsync(host, olga);
        await using var scope = host.Chat.App.Services.CreateAsyncScope();
        Assert.Null((await scope.ServiceProvider.GetRequiredService<AccountAdministration>().AppointAsync("Olga", default)).Error);
        await ApplyAsync(host, olga);
        Assert.Equal(Standing.Administrator, host.People.StandingOf(olga));
    }

    [Fact]
    public async Task A_group_gives_and_takes_the_ownership_of_a_room_and_an_administrator_appoints_an_owner_afterwards()
    {
        var (olga, ada, grace, bella) = (new Person(Guid.NewGuid(), "Olga"), new Person(Guid.NewGuid(), "Ada"), new Person(Guid.NewGuid(), "Grace"), new Person(Guid.NewGuid(), "Bella"));
        await using var host = await AccountHost.StartAsync();
        await host.Chat.AddPersonAsync(olga, Standing.Administrator);
        foreach (var person in new[] { ada, grace, bella })
        {
            await host.Chat.AddPersonAsync(person, Standing.Registered);
        }

        var roomId = (await host.Chat.Rooms.CreateAsync(ada, "Plans", default, RoomVisibility.Private)).Value.Id;
        Assert.Null((await host.Chat.Rooms.SetMemberAsync(ada, roomId, bella.Id, RoomRole.Viewer, default)).Error);
        await host.RestartAsync([.. Settings, "--OpenIdConnect:Company:Rooms:0:Group=leads", $"--OpenIdConnect:Company:Rooms:0:Room={roomId}", "--OpenIdConnect:Company:Rooms:0:Role=Owner"]);
        var rooms = host.Chat.Rooms;

        await ApplyAsync(host, grace, "leads");
        Assert.Equal(RoomRole.Owner, RoleOf(grace));
        Assert.Null((await rooms.ChangeAccessAsync(grace, roomId, null, true, default)).Error);
        // A member by people becomes an owner by the group. It ends with the group, whole.
        await ApplyAsync(host, bella, "leads");
        Assert.Equal(RoomRole.Owner, RoleOf(bella));
        await ApplyAsync(host, bella);
        Assert.Null(RoleOf(bella));
        Assert.Null((await rooms.SetMemberAsync(grace, roomId, bella.Id, RoomRole.Member, default)).Error);
        Assert.Null((await rooms.RemoveMemberAsync(grace, roomId, ada.Id, default)).Error);
        Assert.Equal(RoomErrors.LastOwner, (await rooms.RemoveMemberAsync(grace, roomId, grace.Id, default)).Error);
        Assert.Empty((await rooms.ListOwnerlessAsync(olga, default)).Value);

        // No rule of this server keeps what the organization takes.
        await ApplyAsync(host, grace);
        Assert.Null(RoleOf(grace));
        Assert.Equal(RoomErrors.NoSuchRoom, (await rooms.ReadMembersAsync(grace, roomId, default)).Error);
        var listed = Assert.Single((await rooms.ListOwnerlessAsync(olga, default)).Value);
        Assert.Equal((roomId, "Plans"), (listed.RoomId, listed.Name));
        Assert.Equal("Bella", Assert.Single(listed.Members));
        Assert.Equal(RoomErrorKind.NotFound, (await rooms.ReadOlderAsync(olga, roomId, long.MaxValue, default)).Error?.Kind);

        Assert.Null((await rooms.AppointOwnerAsync(olga, roomId, "Bella", default)).Error);
        Assert.Equal(RoomRole.Owner, RoleOf(bella));
        Assert.Empty((await rooms.ListOwnerlessAsync(olga, default)).Value);
        // She has it from people now.
        await ApplyAsync(host, bella);
        Assert.Equal(RoomRole.Owner, RoleOf(bella));

        RoomRole? RoleOf(Person person) => host.Chat.App.Services.GetRequiredService<RoomAccessDirectory>().Find(roomId)!.Members.GetValueOrDefault(person.Id)?.Role;
    }

    private static Task ApplyAsync(AccountHost host, Person person, params string[] groups)
    {
        var services = host.Chat.App.Services;
        return services.GetRequiredService<GroupRights>().ApplyAsync(
            services.GetRequiredService<OpenIdProviders>().Find("Company")!, person.Id, groups.ToHashSet(StringComparer.Ordinal), default);
    }
}
