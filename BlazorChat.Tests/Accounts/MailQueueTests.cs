using System.Threading.Channels;
using BlazorChat.Mail;
using BlazorChat.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace BlazorChat.Tests.Accounts;

/// <summary>The order in which mails are sent, and sent again.</summary>
[Trait(nameof(Kind), Kind.Unit)]
public sealed class MailQueueTests
{
    [Fact]
    public async Task Mails_that_wait_for_another_try_hold_up_no_others()
    {
        var (time, sender) = (new FakeTimeProvider(), new Sender());
        using var queue = new MailQueue(sender, Options.Create(new MailOptions { Host = "mail.example.com" }), time, NullLogger<MailQueue>.Instance);
        await queue.StartAsync(default);
        sender.IsAwayFor = "later@example.com";
        for (var i = 0; i < 10; i++)
        {
            queue.Send(MailTo("later@example.com", time));
            Assert.Equal("later@example.com", await sender.TriedAsync());
            await time.WaitForTimerAsync(due => due == TimeSpan.FromSeconds(5));
            // So that the next one's wait is told from this one's.
            time.Advance(TimeSpan.FromMilliseconds(1));
        }

        queue.Send(MailTo("now@example.com", time));
        Assert.Equal("now@example.com", await sender.TriedAsync());

        // They come when their time has come, each once.
        sender.IsAwayFor = null;
        time.Advance(TimeSpan.FromSeconds(5));
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal("later@example.com", await sender.TriedAsync());
        }

        await queue.StopAsync(default);
        Assert.False(sender.HasMore);
    }

    [Fact]
    public async Task A_mail_is_tried_until_it_is_of_no_use_any_more()
    {
        var (time, sender) = (new FakeTimeProvider(), new Sender { IsAwayFor = "later@example.com" });
        using var queue = new MailQueue(sender, Options.Create(new MailOptions { Host = "mail.example.com" }), time, NullLogger<MailQueue>.Instance);
        await queue.StartAsync(default);
        queue.Send(MailTo("later@example.com", time));
        foreach (var seconds in new[] { 5, 30, 120, 600, 600 })
        {
            await sender.TriedAsync();
            await time.WaitForTimerAsync(due => due == TimeSpan.FromSeconds(seconds));
            time.Advance(TimeSpan.FromSeconds(seconds));
        }

        await sender.TriedAsync();
        // The next try would come too late.
        time.Advance(TimeSpan.FromMinutes(30));
        queue.Send(MailTo("now@example.com", time));
        Assert.Equal("now@example.com", await sender.TriedAsync());
        await queue.StopAsync(default);
        Assert.False(sender.HasMore);
    }

    private static OutgoingMail MailTo(string address, FakeTimeProvider time) => new(address, "Hello", "Hello", time.GetUtcNow() + TimeSpan.FromMinutes(30));

    private sealed class Sender : IMailSender
    {
        private readonly Channel<string> _tried = Channel.CreateUnbounded<string>();

        public string? IsAwayFor { get; set; }

        public bool HasMore => _tried.Reader.Count > 0;

        public Task<string> TriedAsync() => _tried.Reader.ReadAsync().AsTask().Soon();

        public Task<bool> SendAsync(OutgoingMail mail, CancellationToken cancellationToken)
        {
            _tried.Writer.TryWrite(mail.To);
            return mail.To == IsAwayFor ? throw new IOException("The server is away.") : Task.FromResult(true);
        }
    }
}
