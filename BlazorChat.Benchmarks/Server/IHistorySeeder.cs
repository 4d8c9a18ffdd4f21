namespace BlazorChat.Benchmarks.Server;

/// <summary>Gives a room a past, in the server's process. Separate from <see cref="IRoomDriver"/>: it may go around the app's services.</summary>
public interface IHistorySeeder
{
    /// <summary>Stores finished messages in a room, people's and assistants' in turn, before anybody opens it.</summary>
    /// <param name="room">The room.</param>
    /// <param name="messages">How many, at least 1.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task SeedAsync(Guid room, int messages, CancellationToken cancellationToken);
}
