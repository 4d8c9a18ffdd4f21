using System.Globalization;
using System.Text.RegularExpressions;
using BlazorChat.Components;
using BlazorChat.Languages;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using Bunit;
using Microsoft.AspNetCore.Http;

namespace BlazorChat.Tests.Languages;

[Trait(nameof(Kind), Kind.Unit)]
public sealed partial class WordsTests
{
    // Literals that look like the key of a text and are none.
    private static readonly string[] OtherNames = ["ForwardedHeaders_Enabled"];

    [Fact]
    public void Every_text_has_one_name_and_is_in_every_language_with_the_same_placeholders()
    {
        var english = Words.Read(CultureInfo.InvariantCulture);
        Assert.Equal([], english.SelectMany(a => a.Texts).GroupBy(t => t.Key).Where(g => g.Count() > 1).Select(g => g.Key));
        Assert.All(Words.All, words => Assert.Equal(Words.English.Keys.Order(), words.Keys.Order()));
        Assert.Equal([], Words.English.Keys.SelectMany(key => Words.All, (key, words) => (Key: key, words.Tag, Expected: PlacesIn(Words.English[key]), Actual: PlacesIn(words[key]), Text: words[key]))
            // "1 tool" need not have the number.
            .Where(t => t.Text.Trim().Length == 0 || (t.Expected != t.Actual && !t.Key.EndsWith("_One", StringComparison.Ordinal)))
            .Select(t => $"{t.Tag}: {t.Key}"));
    }

    [Fact]
    public void Every_text_that_code_names_is_there_and_no_other()
    {
        var named = Sources("*.cs", "*.razor").SelectMany(f => NamesInCode().Matches(f.Text).Concat(NamesInMarkup().Matches(f.Text)))
            .Select(m => m.Groups["key"].Value).Except(OtherNames).ToHashSet();
        var inScripts = Sources("*.js").SelectMany(f => NamesInScripts().Matches(f.Text)).Select(m => m.Groups["key"].Value).ToHashSet();
        var scripts = Words.English.OfScripts.Keys.Select(Root).ToHashSet();
        var others = Words.English.Keys.Select(Root).Except(scripts).ToHashSet();
        Assert.Equal([], inScripts.Except(scripts).Select(key => $"{key} is not in Scripts*.resx"));
        Assert.Equal([], scripts.Except(inScripts).Select(key => $"no script names {key}"));
        Assert.Equal([], named.Except(others).Select(key => $"{key} is in no resource"));
        Assert.Equal([], others.Except(named).Except(ListedElsewhere()).Select(key => $"no code names {key}"));

        // The name in the code, for texts that depend on a number.
        static string Root(string key) => Plural().Replace(key, string.Empty);
    }

    [Fact]
    public void A_number_takes_the_form_and_the_separators_of_the_language()
    {
        Assert.Equal("1,234,567", Words.English.Number(1_234_567));
        Assert.Equal("1.234.567", Words.German.Number(1_234_567));
        Assert.Equal("1,5", string.Format(Words.German.Numbers, "{0:0.0}", 1.5));
        Assert.Equal("A, B and C", Words.English.List(["A", "B", "C"]));
        Assert.Equal("A und B", Words.German.List(["A", "B"]));
        Assert.Equal("A oder B", Words.German.AnyOf(["A", "B"]));
        Assert.Equal(["", "A"], [Words.German.List([]), Words.German.List(["A"])]);
    }

    [Fact]
    public void An_error_without_a_text_is_said_as_it_is()
    {
        Assert.Null(Words.German.Of(null));
        Assert.Equal("Too long.", Words.German.Of(new RoomError(RoomErrorKind.Invalid, "Too long.")));
    }

    [Fact]
    public void An_error_is_said_in_the_language_with_what_is_in_it()
    {
        var (name, count) = ("Ada", 8_000);
        Assert.Equal("Eine Nachricht kann höchstens 1.000 Zeichen haben, diese hat 8.000.", Words.German.Of(new RoomError(RoomErrorKind.Invalid, $"A message can have at most {1_000:N0} characters; this one has {count:N0}.")));
        Assert.Equal("Ada hat das schon erlaubt.", Words.German.Of(new RoomError(RoomErrorKind.Conflict, $"{name} already approved this.")));
        Assert.Equal("Ada already approved this.", Words.English.Of(new RoomError(RoomErrorKind.Conflict, $"{name} already approved this.")));
        Assert.Equal("Diesen Raum gibt es nicht, oder er wurde gelöscht.", Words.German.Of(new RoomError(RoomErrorKind.NotFound, "This room does not exist or has been deleted.") with { RetryAfter = TimeSpan.FromSeconds(1) }));
        // A name that looks like a placeholder.
        var odd = "{0} {9";
        Assert.Equal("{0} {9 hat das schon abgelehnt.", Words.German.Of(new RoomError(RoomErrorKind.Conflict, $"{odd} already rejected this.")));
    }

    [Theory]
    [InlineData(null, null, null, "en")]
    [InlineData(null, null, "fr, de-CH;q=0.8, en;q=0.5", "de")]
    [InlineData(null, null, "de;q=0, en", "en")]
    [InlineData(null, null, ";;;,", "en")]
    [InlineData(null, "de-AT", "en", "de")]
    [InlineData(null, "fr", "de", "de")]
    [InlineData("en", "de-AT", "de", "en")]
    [InlineData("tlh", "de", null, "de")]
    public void The_language_is_the_chosen_one_else_the_browsers_else_one_that_it_accepts(string? chosen, string? browser, string? accepted, string expected)
    {
        var context = new DefaultHttpContext();
        var cookies = new[] { chosen is null ? null : $"{LanguageOfRequest.ChoiceCookie}={chosen}", browser is null ? null : $"{LanguageOfRequest.BrowserCookie}={browser}" };
        context.Request.Headers.Cookie = string.Join("; ", cookies.OfType<string>());
        context.Request.Headers.AcceptLanguage = accepted;
        Assert.Equal(expected, context.Words().Tag);
    }

    [Fact]
    public void Markup_is_one_string_for_a_language_and_its_texts_are_encoded()
    {
        var markup = WordedMarkup.Of("""<p title="[[PersonMenu_Button]]">[[Not_There]] & more</p>""");
        Assert.Same(markup.In(Words.German), markup.In(Words.German));
        using var context = new BunitContext();
        Assert.Equal($"""<p title="{Words.German["PersonMenu_Button"]}">Not_There & more</p>""", context.Render(markup.In(Words.German)).Markup);
    }

    [Fact]
    public void Elements_stand_where_the_sentence_has_them()
    {
        using var context = new BunitContext();
        Assert.Equal("A und <b>B</b>", context.Render(Words.German.Fragment("List_And", b => b.AddContent(0, "A"), b => b.AddMarkup(0, "<b>B</b>"))).Markup);
    }

    // Texts that are found by what they say, or by the name of a tool (see SentencesTests and StoredSentencesTests).
    private static IEnumerable<string> ListedElsewhere() => Words.English.Keys.Where(key =>
        key.StartsWith("Error_", StringComparison.Ordinal) || key.StartsWith("Reason_", StringComparison.Ordinal) || key.StartsWith("Tool_", StringComparison.Ordinal));

    private static string PlacesIn(string text) => string.Join(' ', Places().Matches(text).Select(m => m.Value).Distinct().Order(StringComparer.Ordinal));

    private static IEnumerable<(string Name, string Text)> Sources(params string[] patterns) =>
        from pattern in patterns
        from file in Directory.EnumerateFiles(Repository.File("BlazorChat"), pattern, SearchOption.AllDirectories)
        where !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal)
        select (file, File.ReadAllText(file));

    [GeneratedRegex(@"""(?<key>[A-Z][a-z]\w*_[A-Z]\w*)""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NamesInCode();

    [GeneratedRegex(@"\[\[(?<key>\w+)\]\]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NamesInMarkup();

    [GeneratedRegex(@"['`](?<key>[A-Z][a-z]\w*_[A-Z]\w*)['`]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NamesInScripts();

    [GeneratedRegex("_(One|Other)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Plural();

    [GeneratedRegex(@"\{[0-9]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Places();
}
