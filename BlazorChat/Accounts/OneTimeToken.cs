using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace BlazorChat.Accounts;

/// <summary>The secret of a one-time link. The server keeps only its hash, so that a copy of the database opens nothing.</summary>
internal static class OneTimeToken
{
    private const int Bytes = 32;

    // Twice what a token has: anything longer is none.
    private const int Longest = 2 * Bytes * 4 / 3;

    /// <summary>Makes a token.</summary>
    public static string Create() => WebEncoders.Base64UrlEncode(RandomNumberGenerator.GetBytes(Bytes));

    /// <summary>The hash under which a token is stored; null for a text that cannot be a token.</summary>
    public static string? HashOf(string? token) =>
        token is { Length: > 0 and < Longest } ? Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token))) : null;
}
