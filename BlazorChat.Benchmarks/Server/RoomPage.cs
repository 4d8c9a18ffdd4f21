namespace BlazorChat.Benchmarks.Server;

/// <summary>A room that the benchmarks made.</summary>
/// <param name="Id">The room's id.</param>
internal sealed record RoomPage(Guid Id)
{
    /// <summary>The path of the room's page.</summary>
    public string Path => $"/rooms/{Id}";
}
