namespace BlazorChat.Text;

/// <summary>Finds names that look alike, for the words beside a name. Stricter than <see cref="NameKeys"/>: here, neither space nor accents make a difference.</summary>
internal static class LookAlikes
{
    /// <summary>What is left of a name when everything is taken away that does not change its looks. Names with the same skeleton look alike.</summary>
    public static string SkeletonOf(string name) => string.Concat(NameKeys.OfLooks(name).Where(c => c != ' ' && !IsAccent(c)));

    // The strokes through letters (ø, đ) come after these.
    private static bool IsAccent(char c) => c is >= '\u0300' and <= '\u0333';
}
