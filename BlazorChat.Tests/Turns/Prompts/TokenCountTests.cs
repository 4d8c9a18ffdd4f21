using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using BlazorChat.Messages;
using BlazorChat.Turns;
using BlazorChat.Tests.Support;
using BlazorChat.Turns.Prompts;
using Xunit.Abstractions;

namespace BlazorChat.Tests.Turns.Prompts;

/// <summary>How many tokens texts are: counted and estimated, in a time that no text can stretch.</summary>
[Trait(nameof(Kind), Kind.Unit)]
public sealed class TokenCountTests(ITestOutputHelper output)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private static readonly string[] Prose =
    [
        "When the river rose in the spring of that year, nobody in the village was surprised. The old bridge had been repaired twice, and the council had promised a third time that it would hold.",
        "Hey! Can you take a look at this? I think the build is broken again :( Not sure why. Thanks, I'll try that tomorrow. We need to ship by Friday, 5 pm.",
        "Als der Fluss im Frühling jenes Jahres stieg, war niemand im Dorf überrascht. Die alte Brücke war zweimal ausgebessert worden, und der Gemeinderat hatte versprochen, dass sie halten würde.",
        "Quand la rivière est montée au printemps de cette année-là, personne au village n'a été surpris. Le vieux pont avait été réparé deux fois.",
        "Когда весной того года река поднялась, никто в деревне не удивился. Старый мост чинили уже дважды, и совет в третий раз пообещал, что он выдержит.",
    ];

    private static readonly string[] Cjk =
    [
        "那年春天河水上涨的时候，村里没有人感到惊讶。老桥已经修过两次，村委会第三次承诺它能撑住。安娜每天早上去学校都要走过这座桥，数着松动的木板和锈穿的钉子。",
        "その年の春に川の水かさが増したとき、村では誰も驚かなかった。古い橋はすでに二度修理され、評議会は三度目も持ちこたえると約束していた。",
        "그해 봄에 강물이 불어났을 때 마을에서는 아무도 놀라지 않았다. 낡은 다리는 이미 두 번이나 수리되었고, 의회는 세 번째로 다리가 버틸 것이라고 약속했다.",
    ];

    private static readonly string[] Emoji =
    [
        "😀😂❤️👍🎉🙏😍🔥😊✨🤔😅👏🚀💯🥳😎🙌👀😢", "👩‍💻👨‍👩‍👧‍👦🏳️‍🌈👍🏽🧑🏿‍🚀🇩🇪🇫🇷", "Great job 🎉🎉 see you 👋 tomorrow 😀! The crab 🦀 dances 💃.",
    ];

    public static TheoryData<string> Kinds => ["prose", "JSON", "hex", "emoji", "CJK"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task An_estimate_is_at_least_95_percent_of_what_a_tokenizer_counts(string kind)
    {
        await ModelTokenizer.O200k.LoadAsync();
        var ratios = Samples(kind).Select(text => (double)TokenEstimate.Of(text) / ModelTokenizer.O200k.Count(text)).ToList();
        output.WriteLine($"{kind}: {string.Join(", ", ratios.Select(ratio => $"{ratio:P0}"))}");
        Assert.InRange(ratios.Average(), 0.95, 1.3);
        Assert.All(ratios, ratio => Assert.InRange(ratio, 0.9, 1.5));
    }

    [Theory]
    [InlineData("gpt-4o-mini", "o200k")]
    [InlineData("openai/gpt-4o", "o200k")]
    [InlineData("GPT-4.1", "o200k")]
    [InlineData("gpt-6-luna", "o200k")]
    [InlineData("o3-mini", "o200k")]
    [InlineData("gpt-oss:20b", "o200k")]
    [InlineData("gpt-4", "cl100k")]
    [InlineData("gpt-4-turbo", "cl100k")]
    [InlineData("gpt-35-turbo", "cl100k")]
    [InlineData("claude-haiku-5-5", null)]
    [InlineData("llama3.2", null)]
    [InlineData("o1000", null)]
    [InlineData("fake", null)]
    [InlineData("", null)]
    public void A_models_tokenizer_is_found_by_its_name(string model, string? expected)
    {
        var found = ModelTokenizer.Of(model);
        Assert.Same(expected switch { "o200k" => ModelTokenizer.O200k, "cl100k" => ModelTokenizer.Cl100k, _ => null }, found);
    }

    [Fact]
    public async Task A_tokenizer_is_loaded_in_the_background_and_counts_from_then_on()
    {
        using var client = new FakeChatClient();
        var assistant = new Assistant(new Author(AuthorKind.Assistant, "a", "A"), "", 1_000, client) { Model = "gpt-4" };
        const string Text = "antidisestablishmentarianism";
        Assert.False(TokenCounter.For(assistant with { IsDemo = true }).IsExact);
        // Nobody but the counter loads it here.
        using var patience = new CancellationTokenSource(Guard.Patience);
        while (!TokenCounter.For(assistant).IsExact)
        {
            await Task.Delay(10, patience.Token);
        }

        Assert.Equal(6, TokenCounter.For(assistant).Of(Text));
        Assert.False(TokenCounter.For(assistant with { IsDemo = true }).IsExact);
        Assert.False(TokenCounter.For(assistant, "llama3.2").IsExact);
    }

    [Fact]
    public async Task Pieces_count_as_the_whole_text_does()
    {
        await ModelTokenizer.O200k.LoadAsync();
        var whole = Microsoft.ML.Tokenizers.TiktokenTokenizer.CreateForEncoding("o200k_base");
        foreach (var kind in (string[])["prose", "JSON", "CJK"])
        {
            var text = string.Join("\n\n", Enumerable.Repeat(string.Concat(Samples(kind)), 20));
            Assert.InRange((double)ModelTokenizer.O200k.Count(text) / whole.CountTokens(text), 0.98, 1.02);
        }
    }

    [Theory]
    [InlineData("a")]
    [InlineData(" ")]
    [InlineData("\n")]
    [InlineData("中")]
    [InlineData("🦀")]
    [InlineData("\uD83E")]
    [InlineData("!")]
    [InlineData(" \n\t")]
    public async Task No_text_takes_long(string unit)
    {
        await ModelTokenizer.O200k.LoadAsync();
        var text = string.Concat(Enumerable.Repeat(unit, 1_000_000 / unit.Length));
        var start = Stopwatch.GetTimestamp();
        var counted = ModelTokenizer.O200k.Count(text);
        var took = Stopwatch.GetElapsedTime(start);
        var estimated = TokenEstimate.Of(text);
        output.WriteLine($"{counted:N0} tokens in {took.TotalMilliseconds:F0} ms, estimated {estimated:N0}");

        // Unbounded it is minutes.
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        Assert.True(counted > 0 && estimated > 0);
    }

    [Fact]
    public void An_empty_text_is_no_token() => Assert.Equal(0, TokenEstimate.Of(""));

    private static IEnumerable<string> Samples(string kind) => kind switch
    {
        "prose" => Prose,
        "CJK" => Cjk,
        "emoji" => Emoji,
        "hex" => Enumerable.Range(0, 5).Select(i => i % 2 == 0 ? Convert.ToHexStringLower(Bytes(i, 500)) : string.Join("\n", Bytes(i, 500).Chunk(20).Select(b => $"{Convert.ToHexString(b)}  file.txt"))),
        _ =>
        [
            JsonSerializer.Serialize(Enumerable.Range(0, 20).Select(Row)),
            JsonSerializer.Serialize(Enumerable.Range(0, 20).Select(Row), Indented),
            JsonSerializer.Serialize(Enumerable.Range(0, 200).Select(i => i * 1.37)),
        ],
    };

    private static object Row(int i) => new { id = new Guid(Bytes(i, 16)), name = $"user{i}", email = $"user{i}@example.org", isActive = i % 2 == 0, tags = (string[])["alpha", "beta"], created = DateTime.UnixEpoch.AddHours(i * 31) };

    // The same in every run.
    private static byte[] Bytes(int seed, int count) => [.. Enumerable.Range(0, (count + 31) / 32).SelectMany(i => SHA256.HashData(BitConverter.GetBytes((seed * 1000) + i))).Take(count)];
}
