using System.Globalization;
using BlazorChat.Access;
using BlazorChat.Accounts;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using BlazorChat.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace BlazorChat.Tests.Rooms;

/// <summary>No command can be repeated without end, by one person or by many from one address.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class RateTests
{
    private static readonly string[] Defaults = ["--Rooms:MessagesPerMinute=60", "--Rooms:MessageBurst=20"];

    [Fact]
    public async Task Settings_cannot_be_saved_as_fast_as_a_script_can_and_somebody_else_is_not_held_up()
    {
        await using var host = await ChatHost.StartAsync(settings: Defaults);
        var room = await host.RoomAsync();
        var saved = 0;
        var refused = 0;
        for (var i = 0; i < 120; i++)
        {
            var error = (await host.Rooms.ChangeAsync(ChatHost.Ada, room.Id, null, $"Instructions {i.ToString(CultureInfo.InvariantCulture)}", null, default)).Error;
            saved += error is null ? 1 : 0;
            refused += error?.Kind == RoomErrorKind.Limit ? 1 : 0;
        }

        Assert.Equal(120, saved + refused);
        Assert.InRange(saved, 55, 90);
        Assert.Equal(RoomErrorKind.Limit, (await host.Rooms.ClearAsync(ChatHost.Ada, room.Id, default)).Error?.Kind);
        Assert.Equal(RoomErrorKind.Limit, (await host.Responses.StopAsync(ChatHost.Ada, room.Id, null, default)).Error?.Kind);
        Assert.Null((await host.Rooms.ChangeAsync(ChatHost.Grace, room.Id, null, "Mine", null, default)).Error);
    }

    [Fact]
    public async Task What_is_recorded_for_long_has_a_rate_of_its_own()
    {
        await using var host = await ChatHost.StartAsync(settings: [.. Defaults, "--Rooms:MessagesPerMinute=6", "--Rooms:MessageBurst=40"]);
        var room = await host.RoomAsync();
        var changed = 0;
        while (changed < 100 && (await host.Rooms.ChangeAccessAsync(ChatHost.Ada, room.Id, changed % 2 == 0 ? RoomVisibility.Open : RoomVisibility.OpenToGuests, null, default)).Error is null)
        {
            changed++;
        }

        Assert.InRange(changed, 60, 70);
        Assert.Equal(RoomErrorKind.Limit, (await host.Rooms.DeleteAsync(ChatHost.Ada, room.Id, default)).Error?.Kind);
        // Everything else goes on, and so do others.
        Assert.Null((await host.Rooms.ChangeAsync(ChatHost.Ada, room.Id, null, "Instructions", null, default)).Error);
        Assert.NotEqual(RoomErrorKind.Limit, (await host.Rooms.ArchiveAsync(ChatHost.Grace, room.Id, true, default)).Error?.Kind);
    }

    [Fact]
    public async Task Many_people_of_one_address_share_a_rate_and_another_address_has_its_own()
    {
        // A busy machine takes long for this, and the slowest rate lets few more through meanwhile.
        await using var host = await ChatHost.StartAsync(settings: [.. Defaults, "--Rooms:MessagesPerMinute=1", ChatHost.Listening]);
        var room = await host.RoomAsync();
        var addresses = host.App.Services.GetRequiredService<PersonAddresses>();
        var refused = 0;
        for (var i = 0; i < 40; i++)
        {
            var person = new Person(Guid.NewGuid(), "Bella");
            // One household or machine: the second half of an IPv6 address is the person's to choose.
            addresses.Add(person.Id, System.Net.IPAddress.Parse($"2001:db8::{i + 1:x}"));
            for (var j = 0; j < 60; j++)
            {
                refused += (await host.Responses.StopAsync(person, room.Id, null, default)).Error?.Kind == RoomErrorKind.Limit ? 1 : 0;
            }
        }

        Assert.InRange(refused, 600, 1_200);
        addresses.Add(ChatHost.Grace.Id, System.Net.IPAddress.Parse("192.0.2.7"));
        Assert.Null((await host.Responses.StopAsync(ChatHost.Grace, room.Id, null, default)).Error);
    }

    [Fact]
    public void This_machine_itself_has_no_rate_of_its_address_and_joining_has_one_elsewhere()
    {
        using var rate = new JoinRate(Options.Create(new AccountsOptions()));
        Assert.All(Enumerable.Range(0, 1_000), _ => Assert.Null(rate.Take(System.Net.IPAddress.Loopback)));
        var taken = Enumerable.Range(0, 1_000).Count(_ => rate.Take(System.Net.IPAddress.Parse("192.0.2.7")) is null);
        Assert.InRange(taken, 300, 400);
        Assert.InRange(rate.Take(System.Net.IPAddress.Parse("192.0.2.7"))!.RetryAfter!.Value, TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.Null(rate.Take(System.Net.IPAddress.Parse("192.0.2.8")));
    }

    [Fact]
    public async Task One_person_makes_a_number_of_rooms_and_nobody_else_uses_it_up()
    {
        var host = await ChatHost.StartAsync(settings: ["--Rooms:MaxPerPerson=3"]);
        await host.AddPersonAsync(ChatHost.Grace);
        var made = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => host.Rooms.CreateUnnamedAsync(ChatHost.Ada, default)));
        Assert.Equal(3, made.Count(m => m.Error is null));
        Assert.All(made.Where(m => m.Error is not null), m => Assert.Equal("You have made 3 rooms here, which is the maximum. Rooms that you deleted count until they are removed for good.", m.Error!.Message));

        // Handed over: neither a way to take Grace's, nor one for Ada to go on while she stays.
        var rooms = made.Where(m => m.Error is null).Select(m => m.Value).ToList();
        Assert.Null((await host.Rooms.SetMemberAsync(ChatHost.Ada, rooms[0].Id, ChatHost.Grace.Id, RoomRole.Owner, default)).Error);
        Assert.Equal(RoomErrorKind.Limit, (await host.Rooms.CreateUnnamedAsync(ChatHost.Ada, default)).Error?.Kind);
        for (var i = 0; i < 3; i++)
        {
            Assert.Null((await host.Rooms.CreateAsync(ChatHost.Grace, "Mine", default)).Error);
        }

        Assert.Equal(RoomErrorKind.Limit, (await host.Rooms.CreateAsync(ChatHost.Grace, "Mine", default)).Error?.Kind);
        // Deleted, it can be brought back, and waits in its place.
        Assert.Null((await host.Rooms.DeleteAsync(ChatHost.Ada, rooms[1].Id, default)).Error);
        Assert.Equal(RoomErrorKind.Limit, (await host.Rooms.CreateUnnamedAsync(ChatHost.Ada, default)).Error?.Kind);
        host = await host.RestartAsync(settings: ["--Rooms:MaxPerPerson=3"]);
        Assert.Equal(RoomErrorKind.Limit, (await host.Rooms.CreateUnnamedAsync(ChatHost.Ada, default)).Error?.Kind);
        Assert.Null((await host.Rooms.RemoveForGoodAsync(ChatHost.Ada, rooms[1].Id, default)).Error);
        host = await host.RestartAsync(settings: ["--Rooms:MaxPerPerson=3"]);
        Assert.Null((await host.Rooms.CreateUnnamedAsync(ChatHost.Ada, default)).Error);
        Assert.Equal(RoomErrorKind.Limit, (await host.Rooms.CreateUnnamedAsync(ChatHost.Ada, default)).Error?.Kind);
        await host.DisposeAsync();
    }

    [Fact]
    public async Task Whoever_hands_rooms_over_and_leaves_gets_no_places_for_more()
    {
        await using var host = await ChatHost.StartAsync(settings: ["--Rooms:MaxPerPerson=3"]);
        await host.AddPersonAsync(ChatHost.Grace);
        for (var i = 0; i < 3; i++)
        {
            var room = (await host.Rooms.CreateUnnamedAsync(ChatHost.Ada, default)).Value;
            Assert.Null((await host.Rooms.HandOverAsync(ChatHost.Ada, room.Id, "Grace", default)).Error);
            Assert.Null((await host.Rooms.RemoveMemberAsync(ChatHost.Ada, room.Id, ChatHost.Ada.Id, default)).Error);
        }

        Assert.Equal("One person can make or bring back 3 rooms a day. Please wait before you go on.", (await host.Rooms.CreateUnnamedAsync(ChatHost.Ada, default)).Error?.Message);
        Assert.Null((await host.Rooms.CreateUnnamedAsync(ChatHost.Grace, default)).Error);
    }

    [Fact]
    public async Task What_one_person_deletes_and_brings_back_is_bounded_and_costs_nobody_else_a_place()
    {
        await using var host = await ChatHost.StartAsync(settings: ["--Rooms:MaxPerPerson=3", "--Rooms:NewRooms=Private"]);
        await host.AddPersonAsync(ChatHost.Ada);
        await host.AddPersonAsync(ChatHost.Grace);
        List<Room> rooms = [];
        for (var i = 0; i < 3; i++)
        {
            rooms.Add((await host.Rooms.CreateUnnamedAsync(ChatHost.Ada, default)).Value);
            Assert.Null((await host.Rooms.HandOverAsync(ChatHost.Ada, rooms[i].Id, "Grace", default)).Error);
            Assert.Null((await host.Rooms.DeleteAsync(ChatHost.Ada, rooms[i].Id, default)).Error);
        }

        var graces = (await host.Rooms.CreateUnnamedAsync(ChatHost.Grace, default)).Value;
        Assert.Null((await host.Rooms.HandOverAsync(ChatHost.Grace, graces.Id, "Ada", default)).Error);
        Assert.Equal(RoomErrorKind.Limit, (await host.Rooms.DeleteAsync(ChatHost.Ada, graces.Id, default)).Error?.Kind);
        Assert.Null((await host.Rooms.DeleteAsync(ChatHost.Grace, graces.Id, default)).Error);
        Assert.Equal(4, (await host.Rooms.ListRemovedAsync(ChatHost.Grace, default)).Value.Length);
        // Brought back, it counts like a new one.
        Assert.Equal(RoomErrorKind.Limit, (await host.Rooms.BringBackAsync(ChatHost.Ada, rooms[0].Id, default)).Error?.Kind);
        Assert.Null((await host.Rooms.BringBackAsync(ChatHost.Grace, rooms[0].Id, default)).Error);
    }
}
