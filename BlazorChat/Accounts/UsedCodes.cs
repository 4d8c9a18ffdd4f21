using System.Globalization;

namespace BlazorChat.Accounts;

/// <summary>Codes of an authenticator app that were used in the last minutes: each works once, although it is right for a while.</summary>
internal static class UsedCodes
{
    // Longer than a code is right, before and after its time.
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(10);

    /// <summary>Notes a code.</summary>
    /// <param name="stored">What is stored.</param>
    /// <param name="code">The code.</param>
    /// <param name="now">The time.</param>
    /// <returns>What is to be stored; null if the code was used before.</returns>
    public static string? Add(string? stored, string code, DateTimeOffset now)
    {
        var oldest = (now - Remembered).ToUnixTimeSeconds();
        var used = (stored ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(entry => entry.Split('@'))
            .Where(entry => long.Parse(entry[1], CultureInfo.InvariantCulture) >= oldest).ToList();
        return used.Exists(entry => entry[0] == code) ? null
            : string.Join(' ', used.Select(entry => $"{entry[0]}@{entry[1]}").Append(string.Create(CultureInfo.InvariantCulture, $"{code}@{now.ToUnixTimeSeconds()}")));
    }
}
