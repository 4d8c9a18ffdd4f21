using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace BlazorChat.Tests.Accounts;

/// <summary>An authenticator app: codes of a key, as RFC 6238 makes them. Its clock is the machine's, as Identity's is.</summary>
internal sealed partial class AuthenticatorApp(string key)
{
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    // The half minute in which the test began: a code does not change in the middle of it, and is right for more than a minute.
    private readonly long _step = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 30;

    public string Key => key;

    /// <summary>The app that scanned the QR code of a page, by the key beside it.</summary>
    public static AuthenticatorApp Scan(string page) => new(KeyOnPage().Match(page) is { Success: true } match
        ? match.Groups["key"].Value.Replace(" ", "", StringComparison.Ordinal)
        : throw new InvalidOperationException(page));

    /// <summary>A code.</summary>
    /// <param name="steps">How many half minutes later than its first.</param>
    public string Code(int steps = 0)
    {
        var bytes = new List<byte>();
        var (buffer, bits) = (0, 0);
        foreach (var letter in key)
        {
            buffer = (buffer << 5) | Letters.IndexOf(letter, StringComparison.Ordinal);
            bits += 5;
            if (bits >= 8)
            {
                bits -= 8;
                bytes.Add((byte)(buffer >> bits));
                buffer &= (1 << bits) - 1;
            }
        }

        var counter = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(counter, _step + steps);
#pragma warning disable CA5350 // The standard's hash, which apps use.
        var hash = HMACSHA1.HashData(bytes.ToArray(), counter);
#pragma warning restore CA5350
        var number = BinaryPrimitives.ReadInt32BigEndian(hash.AsSpan(hash[^1] & 15)) & int.MaxValue;
        return (number % 1_000_000).ToString("D6", CultureInfo.InvariantCulture);
    }

    [GeneratedRegex("\"app-key\"[^>]*>(?<key>[A-Z2-7 ]+)<", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex KeyOnPage();
}
