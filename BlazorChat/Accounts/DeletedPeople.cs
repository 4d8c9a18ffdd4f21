using System.Threading.Channels;
using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Storage;

namespace BlazorChat.Accounts;

/// <summary>
/// Has rooms forget people who were deleted, in small steps, so that nobody waits. A start goes on with what an earlier process left.
/// </summary>
internal sealed partial class DeletedPeople(PeopleStore store, PeopleDirectory directory, RoomService rooms, TimeProvider time, ILogger<DeletedPeople> logger) : BackgroundService
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(10);

    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Call this after somebody was deleted.</summary>
    public void Wake() => _wake.Writer.TryWrite(true);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        do
        {
            try
            {
                foreach (var person in directory.People.Where(p => p.Messages != MessagesOfDeleted.None).ToList())
                {
                    await ForgetAsync(person, stoppingToken).ConfigureAwait(false);
                }
            }
            catch (StorageUnavailableException e)
            {
                LogFailed(e);
                await Task.Delay(RetryDelay, time, stoppingToken).ConfigureAwait(false);
                Wake();
            }
        }
        while (await _wake.Reader.ReadAsync(stoppingToken).ConfigureAwait(false));
    }

    private async Task ForgetAsync(KnownPerson person, CancellationToken cancellationToken)
    {
        var former = (await store.FindAsync(person.Id, cancellationToken).ConfigureAwait(false))?.FormerName;
        await rooms.ForgetAsync(person.Id, former, person.Messages == MessagesOfDeleted.Remove, cancellationToken).ConfigureAwait(false);
        await store.ChangeAsync(async change =>
        {
            if (await change.FindAsync(person.Id).ConfigureAwait(false) is { } row)
            {
                (row.Messages, row.FormerName) = (MessagesOfDeleted.None, null);
            }

            return true;
        }, cancellationToken).ConfigureAwait(false);
        LogForgotten(person.Id);
    }

    [LoggerMessage(LogLevel.Information, "All rooms have forgotten the deleted person {PersonId}.")]
    private partial void LogForgotten(Guid personId);

    [LoggerMessage(LogLevel.Warning, "A deleted person could not be forgotten everywhere yet. This will be tried again.")]
    private partial void LogFailed(Exception exception);
}
