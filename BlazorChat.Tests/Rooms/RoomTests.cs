using BlazorChat.Rooms;
using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.Rooms;

[Trait(nameof(Kind), Kind.Unit)]
public sealed class RoomTests
{
    [Theory]
    [InlineData(99, 0)]
    [InlineData(100, 0)]
    [InlineData(101, 1)]
    [InlineData(200, 100)]
    [InlineData(5_000, 100)]
    public void Past_its_bound_the_oldest_messages_go_a_hundred_at_a_time(int messages, int go)
    {
        var room = new Room { Id = Guid.NewGuid(), Name = "Lobby", CreatedAt = default, LastActivityAt = default, MessageCount = messages };
        Assert.Equal(go, room.ExcessOver(100));
    }
}
