using System.Globalization;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using BlazorChat.Web;
using Microsoft.Extensions.DependencyInjection;

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
    public async Task Many_people_of_one_address_share_a_rate_and_another_address_has_its_own()
    {
        await using var host = await ChatHost.StartAsync(settings: [.. Defaults, ChatHost.Listening]);
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
        using var rate = new JoinRate();
        Assert.All(Enumerable.Range(0, 1_000), _ => Assert.True(rate.TryTake(System.Net.IPAddress.Loopback)));
        var taken = Enumerable.Range(0, 1_000).Count(_ => rate.TryTake(System.Net.IPAddress.Parse("192.0.2.7")));
        Assert.InRange(taken, 200, 300);
        Assert.True(rate.TryTake(System.Net.IPAddress.Parse("192.0.2.8")));
    }
}
