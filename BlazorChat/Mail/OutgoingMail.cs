namespace BlazorChat.Mail;

/// <summary>A mail to send.</summary>
/// <param name="To">The address.</param>
/// <param name="Subject">The subject.</param>
/// <param name="Text">The text.</param>
/// <param name="Until">When it is of no use any more, and is given up.</param>
internal sealed record OutgoingMail(string To, string Subject, string Text, DateTimeOffset Until)
{
    /// <summary>Without what is in it: addresses and links must not get into a log.</summary>
    public override string ToString() => nameof(OutgoingMail);
}

/// <summary>Sends one mail.</summary>
internal interface IMailSender
{
    /// <summary>Sends a mail.</summary>
    /// <returns>False if the server refuses it, so that it need not be tried again.</returns>
    Task<bool> SendAsync(OutgoingMail mail, CancellationToken cancellationToken);
}
