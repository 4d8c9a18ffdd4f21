using System.Threading.Channels;
using BlazorChat.Live;
using BlazorChat.Messages;

namespace BlazorChat.Tests.Support;

/// <summary>A viewer of a room that a test waits with.</summary>
public sealed class RoomWatch : IDisposable
{
    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private RoomSubscription? _subscription;

    public RoomFrame Now => _subscription!.Read();

    public void Changed() => _changes.Writer.TryWrite(true);

    public void Attach(RoomSubscription subscription) => _subscription = subscription;

    public void Hide(bool isHidden) => _subscription!.Hide(isHidden);

    /// <summary>Waits until the room is as wanted.</summary>
    /// <param name="wanted">Whether it is. Asked on a thread of the pool: the test's own are busy with others for longer than some states last.</param>
    /// <param name="cancellationToken">Gives up. One at a time waits with a watch: two would take each other's notices.</param>
    public Task<RoomFrame> UntilAsync(Func<RoomFrame, bool> wanted, CancellationToken cancellationToken = default) =>
        Task.Run(() => LookAsync(wanted, cancellationToken), cancellationToken);

    /// <summary>Waits until the newest message is a response that has ended.</summary>
    public async Task<Message> EndedAsync(int responses = 1) =>
        (await UntilAsync(s => s.Messages.Count(m => m.Message.Author.Kind == AuthorKind.Assistant && m.Message.Status.IsEnded) >= responses))
            .Messages.Last(m => m.Message.Author.Kind == AuthorKind.Assistant).Message;

    public void Dispose() => _subscription?.Dispose();

    private async Task<RoomFrame> LookAsync(Func<RoomFrame, bool> wanted, CancellationToken cancellationToken)
    {
        while (true)
        {
            var now = Now;
            if (wanted(now))
            {
                return now;
            }

            try
            {
                await _changes.Reader.ReadAsync(cancellationToken).AsTask().Soon();
            }
            catch (TimeoutException)
            {
                throw new TimeoutException("The room never became as wanted. It is: " + string.Join(" | ", now.Messages.Select(m => $"{m.Message.Author.Name} [{m.Message.Status}] {m.Message.Text}")));
            }
        }
    }
}
