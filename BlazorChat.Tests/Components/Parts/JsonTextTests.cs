using System.Text.Json;
using BlazorChat.Components.Messages.Parts;
using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.Components.Parts;

/// <summary>JSON as people read it is the JSON that is run: indented, and nothing in it hidden, lost or reordered.</summary>
[Trait(nameof(Kind), Kind.Component)]
public sealed class JsonTextTests
{
    [Fact]
    public void Json_is_indented()
    {
        var text = JsonText.Of("""{"a":1,"b":[true,null,{}],"c":[],"d":{"e":"f"}}""");
        Assert.True(text.IsJson);
        Assert.Equal("{\n  \"a\": 1,\n  \"b\": [\n    true,\n    null,\n    {}\n  ],\n  \"c\": [],\n  \"d\": {\n    \"e\": \"f\"\n  }\n}", text.ToString());
    }

    [Theory]
    [InlineData("""{"n":1.10,"big":12345678901234567890,"e":1E+2,"n":2}""")]
    [InlineData("""{"quote":"\"","slash":"\\","lines":"a\r\n\tb","html":"<b>&amp;</b>","accent":"é","emoji":"😀"}""")]
    [InlineData("""[[],[[]],{"":""}]""")]
    [InlineData("""{"\u202e":"\u0000\u200b\udb40\udc41"}""")]
    public void What_is_shown_means_what_was_written(string json)
    {
        var shown = JsonText.Of(json);
        Assert.True(shown.IsJson);
        using var before = JsonDocument.Parse(json);
        using var after = JsonDocument.Parse(shown.ToString());
        Assert.True(JsonElement.DeepEquals(before.RootElement, after.RootElement));
    }

    [Fact]
    public void Numbers_and_keys_that_come_twice_stay_as_they_were_written() =>
        Assert.Equal("{\n  \"n\": 1.10,\n  \"n\": 1E+2\n}", JsonText.Of("""{"n":1.10,"n":1E+2}""").ToString());

    [Theory]
    [InlineData("\u202E", @"\u202E")]
    [InlineData("\u2066", @"\u2066")]
    [InlineData("\u200B", @"\u200B")]
    [InlineData("\u00A0", @"\u00A0")]
    [InlineData("\u2028", @"\u2028")]
    [InlineData("\u3164", @"\u3164")]
    [InlineData("\U000E0041", @"\uDB40\uDC41")]
    [InlineData("a\u200Db", @"a\u200Db")]
    public void Hidden_characters_in_JSON_are_escapes(string hidden, string shown)
    {
        Assert.Equal($"{{\n  \"a\": \"{shown}\"\n}}", JsonText.Of($$"""{"a":"{{hidden}}"}""").ToString());
        Assert.Contains(shown, JsonText.Of($$"""{"{{hidden}}":1}""").ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("delete \u202Eexe.txt", "delete [U+202E]exe.txt")]
    [InlineData("\0\u001B[31m\u007F", "[U+0000][U+001B][31m[U+007F]")]
    [InlineData("a\r\nb\tc\rd", "a\nb\tc[U+000D]d")]
    [InlineData("\U000E0041", "[U+E0041]")]
    [InlineData("a\u200Db", "a[U+200D]b")]
    public void Hidden_characters_in_text_are_named(string text, string shown) => Assert.Equal(shown, HiddenCharacters.Show(text));

    [Fact]
    public void Half_a_character_is_named()
    {
        Assert.Equal("[U+D800]!", HiddenCharacters.Show("\uD800!"));
        Assert.Equal("\"[U+DC00]\"", JsonText.Of("\"\uDC00\"").ToString());
    }

    [Theory]
    [InlineData("plain\n\ttext")]
    [InlineData("Grüße, 世界, שלום, مرحبا")]
    [InlineData("می‌خواهم")]
    [InlineData("👩‍👩‍👧 ❤️ 👍🏽‍")]
    public void Ordinary_text_stays_as_it_is(string text) => Assert.Equal(text, HiddenCharacters.Show(text));

    [Fact]
    public void Right_to_left_strings_stand_in_isolation()
    {
        var runs = JsonText.Of("""{"שם":"ערך","n":5}""").Runs;
        Assert.Equal(["\"שם\"", "\"ערך\""], runs.Where(r => r.IsIsolated).Select(r => r.Text));
        Assert.Equal("{\n  \"שם\": \"ערך\",\n  \"n\": 5\n}", string.Concat(runs.Select(r => r.Text)));
    }

    [Fact]
    public void A_string_alone_is_shown_as_the_text_in_it() => Assert.Equal("line 1\nline 2 [U+202E]", JsonText.Of("\"line 1\\nline 2 \\u202e\"").ToString());

    [Theory]
    [InlineData("")]
    [InlineData("no JSON")]
    [InlineData("{\"a\":")]
    [InlineData("{} {}")]
    [InlineData("\"a\" \"b\"")]
    [InlineData("{\"a\":\"\\ud800\"}")]
    public void What_is_no_JSON_stays_the_text_that_it_is(string text)
    {
        var shown = JsonText.Of(text);
        Assert.False(shown.IsJson);
        Assert.Equal(text, shown.ToString());
    }

    [Fact]
    public void What_is_nested_too_deeply_or_would_grow_too_much_is_shown_as_it_was_written()
    {
        var deep = new string('[', 32_000) + new string(']', 32_000);
        Assert.Equal(deep, JsonText.Of(deep).ToString());

        var wide = new string('[', 60) + string.Join(',', Enumerable.Repeat("1", 16_000)) + new string(']', 60);
        Assert.Equal(wide, JsonText.Of(wide).ToString());
    }

    [Fact]
    public void All_of_64_KB_is_shown()
    {
        var json = JsonSerializer.Serialize(Enumerable.Range(0, 4_000).ToDictionary(i => $"key{i}", i => i));
        var text = JsonText.Of(json).ToString();
        Assert.Equal(4_002, text.Split('\n').Length);
        Assert.Contains("\"key3999\": 3999", text, StringComparison.Ordinal);
    }

    [Fact]
    public void All_circuits_share_what_is_made_of_a_text()
    {
        var text = new string("{\"a\":1}".AsSpan());
        Assert.Same(JsonText.Of(text), JsonText.Of(text));
    }
}
