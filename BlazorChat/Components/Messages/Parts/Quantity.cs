using BlazorChat.Languages;

namespace BlazorChat.Components.Messages.Parts;

/// <summary>Writes quantities for people.</summary>
internal static class Quantity
{
    /// <summary>
    /// Writes a duration, for example <c>under 0.1 s</c>, <c>0.4 s</c>, <c>12 s</c>, <c>3 min 5 s</c>, <c>2 h 10 min</c>. Negative
    /// durations, from clocks that ran backward, give <c>0 s</c>.
    /// </summary>
    public static string Of(Words words, TimeSpan time)
    {
        if (time < TimeSpan.Zero)
        {
            time = TimeSpan.Zero;
        }

        if (time > TimeSpan.Zero && time.TotalSeconds < 0.1)
        {
            return words["Quantity_Under", 0.1];
        }

        if (time.TotalSeconds < 9.95)
        {
            return words["Quantity_Seconds", time.TotalSeconds.ToString("0.#", words.Numbers)];
        }

        var whole = TimeSpan.FromSeconds(Math.Round(time.TotalSeconds));
        return whole.TotalSeconds switch
        {
            < 60 => words["Quantity_Seconds", whole.TotalSeconds],
            < 3_600 => words["Quantity_Minutes", (int)whole.TotalMinutes, whole.Seconds],
            _ => words["Quantity_Hours", words.Number((long)whole.TotalHours), whole.Minutes],
        };
    }

    /// <summary>Writes a size in bytes with decimal units, for example <c>820 bytes</c>, <c>14 KB</c>, <c>3.1 MB</c>.</summary>
    public static string Size(Words words, long bytes) => bytes switch
    {
        < 1_000 => words.Count("Quantity_Bytes", bytes),
        < 9_950 => words["Quantity_Kilobytes", (bytes / 1e3).ToString("0.0", words.Numbers)],
        < 999_500 => words["Quantity_Kilobytes", (bytes / 1e3).ToString("0", words.Numbers)],
        < 999_950_000 => words["Quantity_Megabytes", (bytes / 1e6).ToString("0.0", words.Numbers)],
        _ => words["Quantity_Gigabytes", (bytes / 1e9).ToString("N1", words.Numbers)],
    };

    /// <summary>Writes a number of any size: with grouped digits, or in powers of ten if it is too large for a double to be exact.</summary>
    public static string Of(Words words, double number) => number.ToString(Math.Abs(number) < 1e15 ? "#,0.##" : "0.###e0", words.Numbers);
}
