namespace BlazorChat.Accounts;

/// <summary>E-mail addresses as people enter them.</summary>
internal static class EmailAddress
{
    /// <summary>Reads an e-mail address; none is good as well.</summary>
    public static bool TryRead(string? text, out string? email)
    {
        email = string.IsNullOrWhiteSpace(text) ? null : text.Trim();
        return email is null || (email.Length <= 254 && email.IndexOf('@', StringComparison.Ordinal) is > 0 and var at && at == email.LastIndexOf('@') && at < email.Length - 1
            && !email.Any(c => char.IsControl(c) || char.IsWhiteSpace(c)));
    }
}
