using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Options;
using MimeKit;

namespace BlazorChat.Mail;

/// <summary>How the connection to the mail server is protected.</summary>
internal enum MailSecurity
{
    /// <summary>Begins in the open and is encrypted before anything else is said; a server that does not offer it gets nothing.</summary>
    StartTls,

    /// <summary>Encrypted from the beginning.</summary>
    Tls,

    /// <summary>Not at all: only for a mail server on this machine or a network that nobody else uses.</summary>
    None,
}

/// <summary>Settings of mail, section <c>Mail</c>. Without a host, no mail is sent.</summary>
internal sealed class MailOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Mail";

    /// <summary>The mail server; null for none.</summary>
    public string? Host { get; set; }

    /// <summary>Its port.</summary>
    [Range(1, 65_535)]
    public int Port { get; set; } = 587;

    /// <summary>How the connection is protected.</summary>
    [EnumDataType(typeof(MailSecurity))]
    public MailSecurity Security { get; set; }

    /// <summary>The name to sign in with there; null for not at all.</summary>
    public string? UserName { get; set; }

    /// <summary>The password to sign in with there. A secret.</summary>
    public string? Password { get; set; }

    /// <summary>Who mails are from: an address, or a name and an address.</summary>
    public string? From { get; set; }

    /// <summary>
    /// The address under which people reach this server, for the links in mails. It is set, and never taken from a request: a request could name
    /// another server and have somebody's link sent there.
    /// </summary>
    public string? PublicAddress { get; set; }

    /// <summary>Whether mail is sent.</summary>
    public bool IsOn => !string.IsNullOrWhiteSpace(Host);
}

/// <summary>Checks what the settings of mail need from each other.</summary>
internal sealed class MailOptionsValidator : IValidateOptions<MailOptions>
{
    public ValidateOptionsResult Validate(string? name, MailOptions options)
    {
        if (!options.IsOn)
        {
            return ValidateOptionsResult.Success;
        }

        List<string> errors = [];
        if (!IsMailbox(options.From))
        {
            errors.Add("The setting Mail:From must be an e-mail address, such as BlazorChat <chat@example.com>.");
        }

        if (!Uri.TryCreate(options.PublicAddress, UriKind.Absolute, out var address) || (address.Scheme != Uri.UriSchemeHttps && address.Scheme != Uri.UriSchemeHttp)
            || address.Query.Length > 0 || address.Fragment.Length > 0)
        {
            errors.Add("The setting Mail:PublicAddress must be the address under which people reach this server, such as https://chat.example.com/.");
        }

        if (string.IsNullOrEmpty(options.UserName) != string.IsNullOrEmpty(options.Password))
        {
            errors.Add("The settings Mail:UserName and Mail:Password need each other.");
        }
        else if (options is { Security: MailSecurity.None, UserName.Length: > 0 })
        {
            errors.Add("The setting Mail:Security must not be None with a Mail:Password, which would be sent in the open.");
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    // By itself, so that a server without mail loads nothing of it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool IsMailbox(string? text) => MailboxAddress.TryParse(text, out var mailbox) && mailbox.Address.Contains('@', StringComparison.Ordinal);
}
