namespace BlazorChat.Markdown;

/// <summary>
/// The number of an item in a list, as it was written: a list from 3 to 7 without the numbers between stays so. Only a one below a one
/// counts on, since that is how people let a list count by itself.
/// </summary>
/// <param name="Written">The number in the text.</param>
/// <param name="Shown">The number on the page.</param>
/// <param name="IsKnown">Whether there is an item at all.</param>
internal readonly record struct ListNumber(int Written, int Shown, bool IsKnown)
{
    // Wider numbers do not fit beside the items.
    private const int FirstWide = 1_000;

    /// <summary>Whether the number is too wide to stand beside the item.</summary>
    public bool IsWide => Shown >= FirstWide;

    /// <summary>The number of the item that follows.</summary>
    public ListNumber Next(int written) =>
        new(written, IsKnown && written == 1 && Written == 1 ? Shown + 1 : written, IsKnown: true);

    /// <summary>Whether the browser has to be told, because it would count differently.</summary>
    public bool HasValue(ListNumber before) => IsKnown && before.IsKnown && Shown != before.Shown + 1;
}
