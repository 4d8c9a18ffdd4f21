using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Resources;
using BlazorChat.Rooms;
using BlazorChat.Text;

namespace BlazorChat.Languages;

/// <summary>
/// What pages say, in one language. One instance serves all pages of the language, and it is passed on explicitly: the culture of a thread
/// says nothing here, because one thread renders the pages of many people. The texts are the entries of Resources/*.resx (English) and
/// Resources/*.de.resx, read once.
/// </summary>
public sealed class Words
{
    private const string ResourcePrefix = "BlazorChat.Resources.";
    private const string ResourceSuffix = ".resources";
    private const string ErrorsArea = "Errors";
    private const string ScriptsArea = "Scripts";

    private readonly FrozenDictionary<string, string> _texts;

    // By what they say in English: whoever refuses something gives a sentence and knows no language.
    private readonly FrozenDictionary<string, string> _sentences;

    private Words(int index, string tag, string name, CultureInfo culture, NumberFormatInfo numbers)
    {
        (Index, Tag, Name, Numbers) = (index, tag, name, numbers);
        var areas = Read(culture);
        _texts = areas.SelectMany(a => a.Texts).ToFrozenDictionary(StringComparer.Ordinal);
        _sentences = (index == 0 ? areas : Read(CultureInfo.InvariantCulture)).Where(a => a.Area.StartsWith(ErrorsArea, StringComparison.Ordinal))
            .SelectMany(a => a.Texts).ToFrozenDictionary(t => t.Value, t => this[t.Key], StringComparer.Ordinal);
        OfScripts = areas.Where(a => a.Area.StartsWith(ScriptsArea, StringComparison.Ordinal)).SelectMany(a => a.Texts).ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>English: the language of pages whose reader's language is unknown or not here.</summary>
    public static Words English { get; } = new(0, "en", "English", CultureInfo.InvariantCulture, NumberFormatInfo.InvariantInfo);

    /// <summary>German.</summary>
    public static Words German { get; } = new(1, "de", "Deutsch", CultureInfo.GetCultureInfo("de"), new NumberFormatInfo { NumberGroupSeparator = ".", NumberDecimalSeparator = "," });

    /// <summary>All languages. Pages offer them in this order.</summary>
    public static ImmutableArray<Words> All { get; } = [English, German];

    /// <summary>The language's tag (BCP 47), for <c>lang</c>.</summary>
    public string Tag { get; }

    /// <summary>The language's name in itself.</summary>
    public string Name { get; }

    /// <summary>How numbers are written. For <see cref="string.Format(IFormatProvider, string, object?)"/>, too.</summary>
    public NumberFormatInfo Numbers { get; }

    /// <summary>The texts that scripts need, which are sent with every page.</summary>
    internal IReadOnlyDictionary<string, string> OfScripts { get; }

    /// <summary>The place in <see cref="All"/>.</summary>
    internal int Index { get; }

    /// <summary>The names of all texts.</summary>
    internal IEnumerable<string> Keys => _texts.Keys;

    /// <summary>A text without placeholders. A test makes sure that every key in the code has a text in every language.</summary>
    /// <param name="key">The name of the resource.</param>
    public string this[string key] => _texts.TryGetValue(key, out var text) ? text : key;

    /// <summary>A text with its placeholders filled.</summary>
    /// <param name="key">The name of the resource.</param>
    /// <param name="arguments">What {0}, {1} and so on stand for.</param>
    public string this[string key, params ReadOnlySpan<object?> arguments] => string.Format(Numbers, this[key], arguments);

    /// <summary>Finds the language of a tag such as "de-AT"; null if there is none.</summary>
    public static Words? Find(string? tag)
    {
        var language = tag.AsSpan().Trim();
        var end = language.IndexOfAny('-', '_');
        language = end < 0 ? language : language[..end];
        foreach (var words in All)
        {
            if (language.Equals(words.Tag, StringComparison.OrdinalIgnoreCase))
            {
                return words;
            }
        }

        return null;
    }

    /// <summary>
    /// A text that depends on a number: the resource with _One for 1, and with _Other for every other number. Both languages have the same
    /// rule; one with more forms needs a rule of its own here.
    /// </summary>
    /// <param name="key">The name of the resources without the ending.</param>
    /// <param name="number">The number, which is {0} in the text.</param>
    /// <param name="arguments">What {1}, {2} and so on stand for.</param>
    public string Count(string key, long number, params ReadOnlySpan<object?> arguments) =>
        this[$"{key}_{(number == 1 ? "One" : "Other")}", [Number(number), .. arguments]];

    /// <summary>A whole number with its thousands apart.</summary>
    public string Number(long number) => number.ToString("N0", Numbers);

    /// <summary>Several things in one sentence: "A, B and C".</summary>
    public string List(IReadOnlyList<string> items) => Join("List_And", items);

    /// <summary>A person's name as pages show it: somebody who was deleted has a text instead of one, and nobody else can have it.</summary>
    public string NameOf(string name) => name == Names.GonePerson ? this["Common_GonePerson"] : name;

    /// <summary>Alternatives in one sentence: "A, B or C".</summary>
    public string AnyOf(IReadOnlyList<string> items) => Join("List_Or", items);

    /// <summary>Why something was refused. A sentence that is in no resource stays English.</summary>
    [return: NotNullIfNotNull(nameof(error))]
    public string? Of(RoomError? error) =>
        error is null ? null
        : !_sentences.TryGetValue(error.Pattern, out var text) ? error.Message
        : error.Arguments.IsEmpty ? text
        : string.Format(Numbers, text, [.. error.Arguments.Select(a => a is string part ? _sentences.GetValueOrDefault(part, part) : a)]);

    /// <summary>
    /// What an English sentence of Errors*.resx says in the language, also one with its placeholders filled, as it is stored with a message: why an
    /// answer failed. Another one stays as it is.
    /// </summary>
    public string OfSentence(string sentence) => StoredSentences.OfMessages.In(this, sentence);

    /// <inheritdoc />
    public override string ToString() => Tag;

    private string Join(string key, IReadOnlyList<string> items) => items.Count switch
    {
        0 => string.Empty,
        1 => items[0],
        _ => this[key, string.Join(", ", items.SkipLast(1)), items[^1]],
    };

    /// <summary>The texts of a culture, by the file that they are in.</summary>
    internal static IReadOnlyList<(string Area, IReadOnlyList<KeyValuePair<string, string>> Texts)> Read(CultureInfo culture)
    {
        var assembly = typeof(Words).Assembly;
        return
        [
            .. from name in assembly.GetManifestResourceNames()
               where name.StartsWith(ResourcePrefix, StringComparison.Ordinal) && name.EndsWith(ResourceSuffix, StringComparison.Ordinal)
               let set = new ResourceManager(name[..^ResourceSuffix.Length], assembly).GetResourceSet(culture, createIfNotExists: true, tryParents: false)
               where set is not null
               select (name[ResourcePrefix.Length..^ResourceSuffix.Length],
                   (IReadOnlyList<KeyValuePair<string, string>>)[.. set.Cast<System.Collections.DictionaryEntry>().Select(e => KeyValuePair.Create((string)e.Key, (string)e.Value!))]),
        ];
    }
}
