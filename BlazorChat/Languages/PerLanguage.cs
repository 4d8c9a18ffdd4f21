namespace BlazorChat.Languages;

/// <summary>Something that all circuits of a language share: it is made once for each language, when it is first needed.</summary>
/// <typeparam name="T">What it is.</typeparam>
/// <param name="make">Makes it. May be called more than once.</param>
internal sealed class PerLanguage<T>(Func<Words, T> make)
    where T : class
{
    private readonly T?[] _made = new T?[Words.All.Length];

    /// <summary>The one of a language.</summary>
    public T In(Words words) => Volatile.Read(ref _made[words.Index]) ?? Make(words);

    private T Make(Words words)
    {
        var made = make(words);
        return Interlocked.CompareExchange(ref _made[words.Index], made, null) ?? made;
    }
}
