using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace BlazorChat.Accounts;

/// <summary>
/// Recovery codes as they are stored: a salt and a slow hash of each. They are short enough to be typed, so that a fast hash in a copy of the
/// database could be turned back. All codes of a person share the salt: an attempt costs one hash.
/// </summary>
internal static class RecoveryCodes
{
    private const int Iterations = 100_000;

    private const int HashBytes = 32;

    private const int SaltBytes = 16;

    // Longer than any code, with whatever people write between its parts.
    private const int Longest = 40;

    /// <summary>Makes the stored text of some codes.</summary>
    public static string Hash(IEnumerable<string> codes)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return string.Join(' ', codes.Select(code => Convert.ToHexString(HashOf(code, salt))).Prepend(Convert.ToHexString(salt)));
    }

    /// <summary>Takes a code out.</summary>
    /// <returns>The stored text without it; null if it is none of them.</returns>
    public static string? Redeem(string? stored, string code)
    {
        if (stored?.Split(' ') is not [var salt, .. var hashes] || code.Length > Longest)
        {
            return null;
        }

        var given = HashOf(code, Convert.FromHexString(salt));
        var left = hashes.Where(hash => !CryptographicOperations.FixedTimeEquals(Convert.FromHexString(hash), given)).ToList();
        return left.Count == hashes.Length ? null : string.Join(' ', left.Prepend(salt));
    }

    /// <summary>How many are left.</summary>
    public static int Count(string? stored) => stored is null ? 0 : stored.Split(' ').Length - 1;

    // Whatever the case and the hyphens.
    private static byte[] HashOf(string code, byte[] salt) => Rfc2898DeriveBytes.Pbkdf2(
        Encoding.UTF8.GetBytes(string.Concat(code.Where(char.IsAsciiLetterOrDigit)).ToUpper(CultureInfo.InvariantCulture)), salt, Iterations, HashAlgorithmName.SHA256, HashBytes);
}
