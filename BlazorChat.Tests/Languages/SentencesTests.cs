using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using BlazorChat.Languages;
using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.Languages;

/// <summary>Whatever people read is in a resource file, and so in every language.</summary>
[Trait(nameof(Kind), Kind.Unit)]
public sealed partial class SentencesTests
{
    // Texts that are the same in every language, or that nobody reads.
    private static readonly string[] Exceptions =
    [
        // The demo assistant knows no other language.
        "What can you help us with?", "Show us some code", "Send a postcard to everyone", "Write a long answer",
        // Models are told these.
        "The tool failed. ", "There is no text in the clipboard.", "It is in the clipboard.",
        // The names of names.
        "#0f766e", "@name",
        // Addresses: in a field of mail, and of a form.
        "name", "#all-rooms",
        // App.razor: for browsers.
        "light dark", "width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content",
    ];

    [Fact]
    public void Components_show_no_text_of_their_own()
    {
        var found = Files("Components", "*.razor").SelectMany(f => RazorText.Of(f.Text).Select(text => $"{f.Name}: {text}").Concat(InCode(f.Text).Select(text => $"{f.Name}: {text}")))
            .Concat(Files("Components", "*.cs").SelectMany(f => InCode(f.Text).Select(text => $"{f.Name}: {text}")));
        Nothing(found.Where(text => !Exceptions.Contains(text[(text.IndexOf(": ", StringComparison.Ordinal) + 2)..])));
    }

    [Fact]
    public void Scripts_show_no_text_of_their_own() => Nothing(
        Files("Components", "*.js").Concat(Files("wwwroot/js", "*.js"))
            .SelectMany(f => ScriptComments().Replace(f.Text, string.Empty).Split('\n').Where(line => !NoText().IsMatch(line)).SelectMany(line => InScript().Matches(line))
                .Select(m => m.Groups["text"].Value).Except(Exceptions).Select(text => $"{f.Name}: {text}")));

    [Fact]
    public void What_is_refused_is_refused_in_every_language()
    {
        var all = Words.Read(CultureInfo.InvariantCulture).Where(a => a.Area.StartsWith("Errors", StringComparison.Ordinal)).SelectMany(a => a.Texts).Select(t => t.Value).ToList();
        var texts = all.ToHashSet(StringComparer.Ordinal);
        // They are found by what they say.
        Assert.Equal(texts.Count, all.Count);
        var code = new[] { "BlazorChat.Core", "BlazorChat.Agents", "BlazorChat" }
            .SelectMany(project => Directory.EnumerateFiles(Repository.File(project), "*.cs", SearchOption.AllDirectories)).Where(IsSource).Select(File.ReadAllText).ToList();
        var said = code.SelectMany(Refusals).ToHashSet(StringComparer.Ordinal);
        Assert.True(said.Count > 100, "The test finds what is refused.");
        Assert.Equal([], said.Except(texts).Select(s => $"no resource says: {s}"));
        var literals = code.SelectMany(text => Enumerable.Range(0, text.Length).Where(i => text[i] is '"' or '$').SelectMany(i => Literal(text, i, out _))).ToHashSet(StringComparer.Ordinal);
        Assert.Equal([], texts.Except(literals).Except([Words.English["Error_NoAdministrator"], .. StoredSentencesTests.Composed]).Select(s => $"no code says: {s}"));
    }

    [Fact]
    public void Texts_are_told_from_code() => Assert.Equal(
        ["Name", "of nobody", "Go on", "Save", "Who can see it?"],
        RazorText.Of(
            """
            @using Some.Thing
            @* Not this *@
            @if (_isOpen && 3 > 2)
            {
                var name = "Ada";
                <label for="name" title="Name">@Words["Key", $"{name} > x"] of nobody</label>
                <button class="button primary" aria-label="Go on" @onclick="() => GoAsync(name)">Save</button>
            }
            else
            {
                @foreach (var item in Items.Where(i => i.Name == "Not this"))
                {
                    <p data-x="Not this">@item.Name@(item.IsOld ? "Not this" : null)</p>
                }
            }
            <legend>Who can see it?</legend>

            @code {
                private string _text = "Not this";
            }
            """));

    // Sentences of errors: the literals in what makes one, each with its placeholders numbered as in ErrorSentence.
    private static IEnumerable<string> Refusals(string code)
    {
        foreach (Match begin in BeginOfRefusal().Matches(code))
        {
            var depth = 1;
            for (var i = begin.Index + begin.Length; i < code.Length && depth > 0 && code[i] != ';';)
            {
                var found = Literal(code, i, out var after);
                foreach (var literal in found.Where(l => l.Length > 0))
                {
                    yield return literal;
                }

                depth += found.Count > 0 ? 0 : code[i] == '(' ? 1 : code[i] == ')' ? -1 : 0;
                i = Math.Max(after, i + 1);
            }
        }
    }

    // The literal that begins at a place, and those within its placeholders; empty if none begins there.
    private static List<string> Literal(string code, int at, out int after)
    {
        var isInterpolated = code[at] == '$';
        after = at + (isInterpolated ? 2 : 1);
        if (code[after - 1] != '"')
        {
            return [];
        }

        if (code.AsSpan(after).StartsWith("\"\"", StringComparison.Ordinal))
        {
            // A raw string is markup or for models.
            after = Math.Max(code.IndexOf("\"\"\"", after + 2, StringComparison.Ordinal) + 3, after);
            return [];
        }

        var found = new List<string>();
        var pattern = new StringBuilder();
        var places = 0;
        while (after < code.Length && code[after] is not ('"' or '\n'))
        {
            if (code[after] == '\\')
            {
                pattern.Append(code[after + 1]);
                after += 2;
            }
            else if (isInterpolated && code[after] == '{' && code[after + 1] != '{')
            {
                var begin = ++after;
                for (var depth = 1; depth > 0 && after < code.Length;)
                {
                    if (code[after] == '"' || (code[after] == '$' && code[after + 1] == '"'))
                    {
                        found.AddRange(Literal(code, after, out after));
                        continue;
                    }

                    depth += code[after] is '{' or '(' or '[' ? 1 : code[after] is '}' or ')' or ']' ? -1 : 0;
                    after++;
                }

                pattern.Append(CultureInfo.InvariantCulture, $"{{{places++}{Format().Match(code[begin..(after - 1)]).Value}}}");
            }
            else
            {
                pattern.Append(code[after++]);
            }
        }

        after++;
        return [pattern.ToString(), .. found];
    }

    private static void Nothing(IEnumerable<string> found) => Assert.True(!found.Any(), string.Join('\n', found));

    private static IEnumerable<string> InCode(string file)
    {
        var code = file.IndexOf("\n@code", StringComparison.Ordinal);
        return (code < 0 && !file.Contains("namespace ", StringComparison.Ordinal) ? "" : file[Math.Max(0, code)..]).Split('\n')
            .Where(line => !NoCode().IsMatch(line)).SelectMany(line => InLine().Matches(line)).Select(m => m.Groups["text"].Value);
    }

    private static IEnumerable<(string Name, string Text)> Files(string folder, string pattern) =>
        Directory.EnumerateFiles(Repository.File("BlazorChat", folder), pattern, SearchOption.AllDirectories)
            .Where(IsSource)
            .Select(f => (Path.GetFileName(f), File.ReadAllText(f)));

    private static bool IsSource(string file) => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal);

    [GeneratedRegex(@"RoomErrorKind\.\w+,|\b(No|OfTurn|Invalid|ErrorOf)\(|\bCheck\(name,", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex BeginOfRefusal();

    [GeneratedRegex(@":[#0-9A-Za-z.,]+$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Format();

    // Comments, exceptions, logs, markup, and errors, which have a test of their own.
    [GeneratedRegex(@"^\s*//|throw new|Exception\(|LoggerMessage|RoomErrorKind|<svg|<html", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NoCode();

    // Errors for models and programmers.
    [GeneratedRegex(@"throw new|ToolError\(|failed\(", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NoText();

    // Begins like a sentence, or ends like one.
    [GeneratedRegex(@"""(?<text>(\p{Lu}[^""<>]*\p{Ll} [^""<>]*|[^""<>]*\p{Ll} \p{Ll}[^""<>]*[.…!?’”]))""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex InLine();

    [GeneratedRegex(@"(?<quote>['`])(?<text>(\p{Lu}[^'`\n]*\p{Ll} [^'`\n]*|[^'`\n<>]*\p{Ll} \p{Ll}[^'`\n<>]*[.…!?’”]))\k<quote>", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex InScript();

    [GeneratedRegex(@"/\*.*?\*/|(?<=^|\s)//[^\n]*", RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ScriptComments();
}
