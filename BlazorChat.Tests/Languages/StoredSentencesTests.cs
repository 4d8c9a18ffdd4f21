using System.Text.RegularExpressions;
using BlazorChat.Languages;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.Languages;

/// <summary>What the core and the engine say in English is known to the pages, which say it in the reader's language.</summary>
[Trait(nameof(Kind), Kind.Unit)]
public sealed partial class StoredSentencesTests
{
    private static readonly string[] NamesOfComposed =
    [
        "Reason_NotInRoom", "Reason_NotOnServer", "Reason_Second", "Reason_Seconds", "Reason_Minute", "Reason_Minutes", "Reason_Hour", "Reason_Hours",
        "Reason_TurnToolsOff", "Reason_RulesDidNotHelp", "Reason_HasModels", "Reason_HasModelsMore",
    ];

    private static readonly string Sources = string.Join('\n',
        from project in new[] { "BlazorChat.Core", "BlazorChat.Agents" }
        from file in Directory.EnumerateFiles(Repository.File(project), "*.cs", SearchOption.AllDirectories)
        where !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal)
        select File.ReadAllText(file));

    /// <summary>Sentences that code puts together of more than one literal.</summary>
    public static IEnumerable<string> Composed => NamesOfComposed.Select(name => Words.English[name]);

    [Fact]
    public void Every_text_for_a_tool_belongs_to_a_tool() => Assert.Equal([], Words.English.Keys.Where(k => k.StartsWith("Tool_", StringComparison.Ordinal)).Where(k => !Sources.Contains($"\"{Words.English[k].Replace("{0}", "{inner.Author.Name}", StringComparison.Ordinal)}\"", StringComparison.Ordinal)));

    [Fact]
    public void Every_way_in_which_an_answer_ends_is_said_in_every_language()
    {
        var sentences = Reasons().Matches(Sources).Select(m => Holes().Replace(m.Groups["sentence"].Value, "7")).Distinct().ToList();
        Assert.True(sentences.Count > 30);
        Assert.Equal([], sentences.Where(s => Words.German.OfSentence(s) == s));
    }

    [Theory]
    [InlineData("Recovering…", "Wird wiederhergestellt …")]
    [InlineData("Taken out of the queue by Ada.", "Von Ada aus der Warteschlange genommen.")]
    [InlineData("Not asked: You're doing that too often. Please wait a moment and try again.", "Nicht gefragt: Das war zu oft hintereinander. Bitte warte einen Moment und versuch es noch einmal.")]
    [InlineData("The model was silent for 2 minutes, so the answer was ended.", "Das Modell hat 2 Minuten lang nichts gesagt, deshalb wurde die Antwort beendet.")]
    [InlineData("The provider is busy (rate limit). It said: “Slow down.” Retrying in 5 s…", "Der Anbieter ist ausgelastet (Grenze der Anfragen). Er sagt: „Slow down.“ Neuer Versuch in 5 s …")]
    [InlineData("Nobody knows this one.", "Nobody knows this one.")]
    [InlineData("", "")]
    public void A_stored_sentence_is_read_in_another_language(string sentence, string german)
    {
        Assert.Equal(german, Words.German.OfSentence(sentence));
        Assert.Same(sentence, Words.English.OfSentence(sentence));
    }

    [Fact]
    public void An_error_is_said_with_its_numbers()
    {
        var error = RoomErrors.TooManyNewRooms(1_234);
        Assert.Equal("One person can make or bring back 1,234 rooms a day. Please wait before you go on.", error.Message);
        Assert.Equal(error.Message, Words.English.Of(error));
        Assert.Equal("Eine Person kann 1.234 Räume am Tag anlegen oder zurückholen. Bitte warte, bevor du weitermachst.", Words.German.Of(error));
    }

    [GeneratedRegex(""""(MessageStatus\.(Cut|Failed)\(|ResponseFailedException\(|ChatFailureKind\.\w+,\s*(WithQuote\()?)\$?"(?<sentence>[^"]+)"""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Reasons();

    [GeneratedRegex(@"\{[^{}]*\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Holes();
}
