namespace BlazorChat.Components.Messages.Parts;

/// <summary>Writes quantities for people.</summary>
internal static class Quantity
{
    /// <summary>
    /// Writes a duration, for example <c>under 0.1 s</c>, <c>0.4 s</c>, <c>12 s</c>, <c>3 min 5 s</c>, <c>2 h 10 min</c>. Negative
    /// durations, from clocks that ran backward, give <c>0 s</c>.
    /// </summary>
    public static string Of(TimeSpan time)
    {
        if (time < TimeSpan.Zero)
        {
            time = TimeSpan.Zero;
        }

        if (time > TimeSpan.Zero && time.TotalSeconds < 0.1)
        {
            return "under 0.1 s";
        }

        if (time.TotalSeconds < 9.95)
        {
            return $"{time.TotalSeconds:0.#} s";
        }

        var whole = TimeSpan.FromSeconds(Math.Round(time.TotalSeconds));
        return whole.TotalSeconds switch
        {
            < 60 => $"{whole.TotalSeconds:0} s",
            < 3_600 => $"{(int)whole.TotalMinutes} min {whole.Seconds} s",
            _ => $"{(long)whole.TotalHours:N0} h {whole.Minutes} min",
        };
    }

    /// <summary>Writes a size in bytes with decimal units, for example <c>820 bytes</c>, <c>14 KB</c>, <c>3.1 MB</c>.</summary>
    public static string Size(long bytes) => bytes switch
    {
        1 => "1 byte",
        < 1_000 => $"{bytes} bytes",
        < 9_950 => $"{bytes / 1e3:0.0} KB",
        < 999_500 => $"{bytes / 1e3:0} KB",
        < 999_950_000 => $"{bytes / 1e6:0.0} MB",
        _ => $"{bytes / 1e9:N1} GB",
    };

    /// <summary>Writes a number of any size: with grouped digits, or in powers of ten if it is too large for a double to be exact.</summary>
    public static string Of(double number) => Math.Abs(number) < 1e15 ? $"{number:#,0.##}" : $"{number:0.###e0}";
}
