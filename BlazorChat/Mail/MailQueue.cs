using System.Threading.Channels;
using MailKit;
using MailKit.Security;
using Microsoft.Extensions.Options;

namespace BlazorChat.Mail;

/// <summary>
/// Sends mails in the background, and tries again what could not be sent. Nobody waits for it, so that nobody learns anything from how long it
/// takes. Mails are in memory only: they have secrets in them, and are of use for a while. Whoever misses one asks for another.
/// </summary>
internal sealed partial class MailQueue(IMailSender sender, IOptions<MailOptions> options, TimeProvider time, ILogger<MailQueue> logger) : BackgroundService
{
    private const int Longest = 1_000;

    // At a time, so that one slow recipient does not hold up all others.
    private const int Senders = 4;

    private static readonly TimeSpan[] TryAgainAfter = [TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10)];

    // Nobody waits for room in it: only so does it say that it is full.
    private readonly Channel<Func<CancellationToken, Task>> _work = Channel.CreateBounded<Func<CancellationToken, Task>>(
        new BoundedChannelOptions(Longest) { FullMode = BoundedChannelFullMode.Wait });

    // Mails that wait for another try.
    private int _waiting;

    /// <summary>Whether mail is sent at all.</summary>
    public bool IsOn => options.Value.IsOn;

    /// <summary>Sends a mail when it can be sent.</summary>
    public void Send(OutgoingMail mail) => Run(cancellationToken => SendAsync(mail, attempt: 0, cancellationToken));

    /// <summary>Does something in the background that may send mails, such as looking for whom they are.</summary>
    public void Run(Func<CancellationToken, Task> work)
    {
        if (IsOn && !_work.Writer.TryWrite(work))
        {
            LogFull();
        }
    }

    /// <inheritdoc />
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Parallel.ForEachAsync(
        _work.Reader.ReadAllAsync(stoppingToken), new ParallelOptions { MaxDegreeOfParallelism = Senders, CancellationToken = stoppingToken }, async (work, cancellationToken) =>
        {
            try
            {
                await work(cancellationToken).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // Whatever it is about one mail, the others are to be sent.
            catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
            {
                LogFailed(e.GetType().Name);
            }
        });

    private async Task SendAsync(OutgoingMail mail, int attempt, CancellationToken cancellationToken)
    {
        try
        {
            if (await sender.SendAsync(mail, cancellationToken).ConfigureAwait(false))
            {
                LogSent();
            }
            else
            {
                LogRefused();
            }
        }
        catch (Exception e) when (e is IOException or ProtocolException or CommandException or AuthenticationException or SslHandshakeException or System.Net.Sockets.SocketException or TimeoutException
            or ServiceNotConnectedException or NotSupportedException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            var delay = TryAgainAfter[Math.Min(attempt, TryAgainAfter.Length - 1)];
            // The type alone: servers repeat addresses in what they say.
            if (time.GetUtcNow() + delay >= mail.Until)
            {
                LogGivenUp(e.GetType().Name);
            }
            else if (Interlocked.Increment(ref _waiting) > Longest)
            {
                Interlocked.Decrement(ref _waiting);
                LogFull();
            }
            else
            {
                LogTriedAgain(e.GetType().Name, delay);
                // Apart from the senders, which others need meanwhile.
                _ = SendAgainAsync(mail, attempt + 1, delay, cancellationToken);
            }
        }
    }

    private async Task SendAgainAsync(OutgoingMail mail, int attempt, TimeSpan delay, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(delay, time, cancellationToken).ConfigureAwait(false);
            Run(token => SendAsync(mail, attempt, token));
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    [LoggerMessage(LogLevel.Information, "A mail was sent.")]
    private partial void LogSent();

    [LoggerMessage(LogLevel.Warning, "The mail server refused a mail for good.")]
    private partial void LogRefused();

    [LoggerMessage(LogLevel.Warning, "A mail could not be sent ({Failure}). It is tried again in {Delay}.")]
    private partial void LogTriedAgain(string failure, TimeSpan delay);

    [LoggerMessage(LogLevel.Error, "A mail could not be sent ({Failure}) and is given up.")]
    private partial void LogGivenUp(string failure);

    [LoggerMessage(LogLevel.Error, "A mail could not be made ({Failure}).")]
    private partial void LogFailed(string failure);

    [LoggerMessage(LogLevel.Error, "Too many mails wait to be sent. One was dropped.")]
    private partial void LogFull();
}
