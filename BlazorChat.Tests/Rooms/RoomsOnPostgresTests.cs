using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.Rooms;

/// <summary>The tests of what people do with rooms, on PostgreSQL.</summary>
public static class RoomsOnPostgresTests
{
    public sealed class RoomService : RoomServiceTests
    {
        protected override TestDatabase Database => TestDatabase.PostgreSQL;
    }

    public sealed class ClearAndDelete : ClearAndDeleteTests
    {
        protected override TestDatabase Database => TestDatabase.PostgreSQL;
    }
}
