using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Options;
using MimeKit;

namespace BlazorChat.Mail;

/// <summary>Sends mails to the configured server, with a connection for each: there are few.</summary>
internal sealed class SmtpSender(IOptions<MailOptions> options) : IMailSender
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    public async Task<bool> SendAsync(OutgoingMail mail, CancellationToken cancellationToken)
    {
        var settings = options.Value;
        using var message = new MimeMessage();
        message.From.Add(MailboxAddress.Parse(settings.From!));
        message.To.Add(new MailboxAddress(name: null, mail.To));
        message.Subject = mail.Subject;
        message.Body = new TextPart("plain") { Text = mail.Text };
        // No answers of machines, please.
        message.Headers.Add("Auto-Submitted", "auto-generated");
        using var client = new SmtpClient { Timeout = (int)Longest.TotalMilliseconds };
        await client.ConnectAsync(settings.Host!, settings.Port, settings.Security switch
        {
            MailSecurity.Tls => SecureSocketOptions.SslOnConnect,
            MailSecurity.None => SecureSocketOptions.None,
            _ => SecureSocketOptions.StartTls,
        }, cancellationToken).ConfigureAwait(false);
        if (settings is { UserName: { Length: > 0 } user, Password: { } password })
        {
            await client.AuthenticateAsync(user, password, cancellationToken).ConfigureAwait(false);
        }

        try
        {
            await client.SendAsync(message, cancellationToken).ConfigureAwait(false);
        }
        catch (SmtpCommandException e) when ((int)e.StatusCode is >= 500 and < 600)
        {
            return false;
        }

        await client.DisconnectAsync(quit: true, cancellationToken).ConfigureAwait(false);
        return true;
    }
}
