using BlazorChat.Assistants.Providers.Demo;
using BlazorChat.Assistants.Resilience;
using BlazorChat.Assistants;
using BlazorChat.Assistants.Tools;
using BlazorChat.Turns;
using BlazorChat.Tests.Support;
using BlazorChat.Turns.Prompts;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging.Abstractions;

namespace BlazorChat.Tests.Assistants.Providers.Demo;

[Trait(nameof(Kind), Kind.Unit)]
public sealed class DemoChatClientTests
{
    private const int AsFastAsPossible = 1_000_000;

    [Fact]
    public async Task It_greets_people_by_name_and_says_what_it_is()
    {
        var reading = await AskAsync("Good morning everybody", author: "Ada");
        Assert.StartsWith("Hello Ada!", reading.Text, StringComparison.Ordinal);
        Assert.Contains("demo", reading.Text, StringComparison.Ordinal);
        Assert.Contains("not a language model", reading.Text, StringComparison.Ordinal);
        Assert.Equal(ChatFinishReason.Stop, reading.FinishReason);
    }

    [Fact]
    public async Task Cut_off_it_goes_on_where_it_stopped()
    {
        var client = new DemoChatClient(AsFastAsPossible, TimeProvider.System);
        ChatMessage[] cut = [new(ChatRole.User, "long"), new(ChatRole.Assistant, DemoTexts.Long[..1000]), new(ChatRole.Assistant, DemoTexts.Long[1000..2001]), new(ChatRole.User, PromptBuilder.GoOn)];
        Assert.Equal(DemoTexts.Long[2001..], (await client.GetResponseAsync(cut)).Text);
    }

    [Fact]
    public async Task The_same_question_gets_the_same_answer() =>
        Assert.Equal((await AskAsync("help")).Text, (await AskAsync("help")).Text);

    [Theory]
    [InlineData("help", "`show markdown`")]
    [InlineData("@Demo help me please", "`show markdown`")]
    [InlineData("Show Markdown!", "# Heading one")]
    [InlineData("show me some code", "```csharp")]
    [InlineData("a table, please", "| Planet |")]
    [InlineData("echo: the **same** words", "the **same** words")]
    [InlineData("@Demo echo: fail", "fail")]
    [InlineData("roll the dice", "have one")]
    public async Task It_does_what_it_is_asked_for(string asked, string expected)
    {
        var reading = await AskAsync(asked);
        Assert.Null(reading.Failure);
        Assert.Contains(expected, reading.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("We must not fail.")]
    [InlineData("Can somebody help Grace with the table for Thursday?")]
    [InlineData("What time is it in Lisbon?")]
    [InlineData("There is no time for that")]
    [InlineData("I wrote the code, and it took a long time")]
    [InlineData("The room was empty and silent")]
    [InlineData("Explain how a hash table works, with a small example")]
    [InlineData("Compare three ways to store chat messages, as a table")]
    [InlineData("Help us plan a project kick-off: agenda and questions")]
    [InlineData("I sent you a postcard from the location")]
    [InlineData("The search for tea went on")]
    [InlineData("Search engines are slow")]
    [InlineData("Which language should we learn?")]
    [InlineData("We could delegate this")]
    [InlineData("We should ask Fact-Finder to roll the dice")]
    [InlineData("helpful")]
    [InlineData("codes")]
    [InlineData("**help**ing")]
    public async Task A_word_in_a_sentence_is_no_request(string said)
    {
        var reading = await AskAsync(said, tools: AllTools);
        Assert.StartsWith("Hello", reading.Text, StringComparison.Ordinal);
        Assert.Empty(reading.Calls);
        Assert.Empty(reading.Reasoning);
        Assert.Null(reading.Failure);
    }

    [Theory]
    [InlineData("HELP", "help")]
    [InlineData(" help. ", "help")]
    [InlineData("Help, please!", "help")]
    [InlineData("Could you please help me?", "help")]
    [InlineData("@Demo @Writer help", "help")]
    [InlineData("help @Demo", "help")]
    [InlineData("What can you do?", "help")]
    [InlineData("Fail early!", "early fail")]
    [InlineData("what's the time", "time")]
    [InlineData("time, dice and a postcard", "dice postcard time")]
    [InlineData("time zone and time", "time zone")]
    // What is searched for is none of them.
    [InlineData("search for the table and the code", "search")]
    [InlineData("copy help", "copy")]
    [InlineData("delegate: time and dice", "delegate")]
    public void A_message_that_is_nothing_else_is_a_request(string said, string words) =>
        Assert.Equal(words, string.Join(' ', DemoRequest.WordsOf(DemoScript.WithoutMentions(said)).Select(w => w.ToLowerInvariant()).Order(StringComparer.Ordinal)));

    [Fact]
    public async Task Each_suggestion_of_an_empty_room_is_something_that_it_can_do()
    {
        foreach (var suggestion in BlazorChat.Components.Messages.EmptyRoom.DemoSuggestions)
        {
            var reading = await AskAsync(suggestion.Text!, tools: AllTools);
            Assert.False(reading.Text.StartsWith("Hello", StringComparison.Ordinal), suggestion.Text);
            Assert.Null(reading.Failure);
        }
    }

    [Theory]
    [InlineData("help help help help help help help help help help help help ")]
    [InlineData("please please please please please please please please ")]
    [InlineData("time and time and time and time and time and time and ")]
    [InlineData("a a a a a the some all a the some all ")]
    public void A_message_is_read_at_once(string part)
    {
        // The pattern has a time limit of a second, which it would exceed by a wide margin if it tried everything.
        var text = string.Concat(Enumerable.Repeat(part, 40));
        Assert.Empty(DemoRequest.WordsOf(text[..Math.Min(text.Length, 1_999)] + "x"));
    }

    [Theory]
    [InlineData("# Heading")]
    [InlineData("**bold**")]
    [InlineData("~~struck out~~")]
    [InlineData("](https://")]
    [InlineData("![")]
    [InlineData("  - one")]
    [InlineData("1. First")]
    [InlineData("- [ ]")]
    [InlineData("> > And")]
    [InlineData("| :---: |")]
    [InlineData("```csharp")]
    [InlineData("\n---\n")]
    [InlineData("<script>")]
    public void The_Markdown_example_has_every_construct(string construct) =>
        Assert.Contains(construct, DemoTexts.Markdown, StringComparison.Ordinal);

    [Fact]
    public async Task A_long_answer_has_about_1500_tokens()
    {
        var reading = await AskAsync("long");
        Assert.InRange(reading.Usage!.OutputTokenCount!.Value, 1400, 1600);
        Assert.True(reading.Updates.Count > 500);
    }

    [Fact]
    public async Task Reasoning_comes_before_the_answer()
    {
        var reading = await AskAsync("reasoning");
        Assert.NotEmpty(reading.Reasoning);
        Assert.Contains("42", reading.Text, StringComparison.Ordinal);
        Assert.IsType<TextReasoningContent>(reading.Updates[0].Contents[0]);
    }

    [Fact]
    public async Task It_fails_in_the_middle_when_asked_and_its_words_stay()
    {
        var reading = await AskAsync("fail");
        Assert.Equal(DemoTexts.BeforeFailure, reading.Text);
        Assert.Equal(ChatFailureKind.ProviderError, reading.Failure?.Kind);
        Assert.Empty(reading.Notices);
    }

    [Fact]
    public async Task It_fails_before_the_first_word_when_asked_which_shows_the_repetitions()
    {
        var time = new FakeTimeProvider();
        var notices = 0;
        var reading = AskAsync("fail early", time: time);
        while (!reading.IsCompleted && notices < 2)
        {
            await time.WaitForTimerAsync(due => due < TimeSpan.FromSeconds(5));
            time.Advance(TimeSpan.FromSeconds(5));
            notices++;
        }

        Assert.Equal(2, (await reading).Notices.Count);
        Assert.Equal(ChatFailureKind.ProviderError, (await reading).Failure?.Kind);
    }

    [Fact]
    public async Task It_falls_silent_when_asked_until_the_idle_time_out()
    {
        var time = new FakeTimeProvider();
        var reading = AskAsync("silent", time: time);
        await time.WaitForTimerAsync(due => due == TimeSpan.FromSeconds(60));
        time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(ChatFailureKind.Stalled, (await reading).Failure?.Kind);
        Assert.Equal(DemoTexts.BeforeSilence, (await reading).Text);
    }

    [Fact]
    public async Task It_says_nothing_when_asked_for_an_empty_answer() =>
        Assert.Equal(ChatFailureKind.Empty, (await AskAsync("empty")).Failure?.Kind);

    [Theory]
    [InlineData("help", 32)]
    [InlineData("slow", 3.2)]
    public async Task It_writes_at_a_readable_pace(string asked, double tokensPerSecond)
    {
        var time = new FakeTimeProvider();
        var start = time.GetUtcNow();
        var reading = AskAsync(asked, tokensPerSecond: 32, time: time);
        while (!reading.IsCompleted)
        {
            // The guard's clocks stand at a minute and at ten; the shorter waits are the pace.
            await Task.WhenAny(reading, time.WaitForTimerAsync(due => due < TimeSpan.FromSeconds(10)));
            if (!reading.IsCompleted)
            {
                time.Advance(TimeSpan.FromMilliseconds(10));
            }
        }

        var seconds = (time.GetUtcNow() - start).TotalSeconds;
        var tokens = (await reading).Usage!.OutputTokenCount!.Value;
        Assert.InRange(tokens / seconds, tokensPerSecond * 0.9, tokensPerSecond * 1.1);
    }

    [Theory]
    [InlineData("What time is it?", "get_time", "{}")]
    [InlineData("roll 3 dice with 20 sides", "roll_dice", """{"count":3,"sides":20}""")]
    [InlineData("please search for the budget", "search_room", """{"query":"the budget"}""")]
    public async Task It_asks_for_tools_where_there_are_some(string asked, string tool, string arguments)
    {
        var reading = await AskAsync(asked, tools: Tools);
        var call = Assert.Single(reading.Calls);
        Assert.Equal(tool, call.Name);
        Assert.Equal(arguments, System.Text.Json.JsonSerializer.Serialize(call.Arguments));
        Assert.Equal(ChatFinishReason.ToolCalls, reading.FinishReason);
        Assert.Null(reading.Failure);
    }

    [Fact]
    public async Task It_asks_for_several_tools_at_once_with_ids_that_differ()
    {
        var calls = (await AskAsync("time and dice", tools: Tools)).Calls;
        Assert.Equal("demo-call-1 get_time, demo-call-2 roll_dice", string.Join(", ", calls.Select(call => $"{call.CallId} {call.Name}")));
    }

    [Fact]
    public async Task It_reads_out_what_a_tool_came_back_with()
    {
        List<ChatMessage> prompt =
        [
            new(ChatRole.User, "time"),
            new(ChatRole.Assistant, [new FunctionCallContent("demo-call-1", "get_time")]),
            new(ChatRole.Tool, [new FunctionResultContent("demo-call-1", "14:05")]),
        ];
        var reading = await ReadAsync(prompt, Tools, AsFastAsPossible, TimeProvider.System);
        Assert.Equal("Here's what I got: **14:05**", reading.Text);
        Assert.Empty(reading.Calls);
    }

    [Theory]
    [InlineData("What time is it?", "get_current_time", "{}")]
    [InlineData("my time zone", "get_time_zone", "{}")]
    [InlineData("Where am I?", "get_location", "{}")]
    [InlineData("location", "get_location", "{}")]
    [InlineData("which language?", "get_page_language", "{}")]
    [InlineData("read my clipboard", "read_clipboard", "{}")]
    [InlineData("copy some words", "write_clipboard", """{"text":"some words"}""")]
    [InlineData("send a postcard", "send_postcard", """{"to":"everyone in this room","text":"Greetings from the demo assistant!"}""")]
    [InlineData("search for tea", "search_messages", """{"query":"tea"}""")]
    [InlineData("2 dice with 8 sides", "roll_dice", """{"count":2,"sides":8}""")]
    [InlineData("ask fact-finder to roll the dice", "ask_fact_finder", """{"task":"roll the dice"}""")]
    [InlineData("please ask @Fact-Finder: help", "ask_fact_finder", """{"task":"help"}""")]
    [InlineData("delegate: time and dice", "ask_fact_finder", """{"task":"time and dice"}""")]
    public async Task It_uses_the_tools_that_come_with_the_application(string asked, string tool, string arguments)
    {
        var reading = await AskAsync(asked, tools: AllTools);
        var call = Assert.Single(reading.Calls);
        Assert.Equal(tool, call.Name);
        Assert.Equal(arguments, System.Text.Json.JsonSerializer.Serialize(call.Arguments));
    }

    [Theory]
    [InlineData("delegate this", "another assistant")]
    [InlineData("a postcard", "(postcard)")]
    public async Task It_says_so_where_a_tool_is_missing(string asked, string what) =>
        Assert.Contains(what, (await AskAsync(asked)).Text, StringComparison.Ordinal);

    [Fact]
    public async Task To_ask_somebody_who_is_no_assistant_is_talk() =>
        Assert.StartsWith("Hello", (await AskAsync("I will ask Grace to come", tools: AllTools)).Text, StringComparison.Ordinal);

    [Fact]
    public async Task It_writes_the_arguments_of_its_calls_in_pieces_that_make_the_whole()
    {
        var reading = await AskAsync("dice 3 and copy smile 😀😀😀😀", tools: AllTools);
        Assert.Equal("roll_dice write_clipboard", string.Join(' ', reading.Calls.Select(call => call.Name)));
        var pieces = reading.Updates.SelectMany(update => update.Contents).OfType<ToolCallDeltaContent>().ToList();
        Assert.True(pieces.Count > 4);
        Assert.DoesNotContain(pieces, piece => BlazorChat.Text.Names.HasLoneSurrogate(piece.Arguments));
        foreach (var call in reading.Calls)
        {
            var written = string.Concat(pieces.Where(piece => piece.CallId == call.CallId && piece.Name == call.Name).Select(piece => piece.Arguments));
            var read = System.Text.Json.JsonElement.Parse(written);
            Assert.Equal(call.Arguments!.Count, read.EnumerateObject().Count());
            Assert.All(call.Arguments, argument => Assert.Equal($"{argument.Value}", $"{read.GetProperty(argument.Key)}"));
        }

        var contents = reading.Updates.SelectMany(update => update.Contents).ToList();
        Assert.True(contents.FindLastIndex(c => c is ToolCallDeltaContent) < contents.FindIndex(c => c is FunctionCallContent));
    }

    [Fact]
    public async Task It_thinks_aloud_before_it_uses_a_tool_when_asked()
    {
        var reading = await AskAsync("reasoning and dice", tools: Tools);
        Assert.NotEmpty(reading.Reasoning);
        Assert.Equal("roll_dice", Assert.Single(reading.Calls).Name);
    }

    [Theory]
    [InlineData("get_page_language", """{"page":"en","preferred":["en-US","de"]}""", "Your browser is set to **English** (en-US).")]
    [InlineData("get_page_language", """{"page":"en","preferred":["eo"]}""", "Your browser is set to **eo**.")]
    [InlineData("get_page_language", """{"page":"en","preferred":["<b>"]}""", "Here's what I got: **{\"page\":\"en\",\"preferred\":[\"<b>\"]}**")]
    [InlineData("get_page_language", "The person has left.", "Here's what I got: **The person has left.**")]
    [InlineData("get_time_zone", "Europe/Vienna", "Your browser's time zone is **Europe/Vienna**.")]
    [InlineData("get_location", """{"latitude":48.25,"longitude":16.5,"accuracyInMetres":1200}""", "You're at **48.25, 16.5**, give or take 1,200 meters.")]
    [InlineData("get_location", "The device does not know its location.", "Here's what I got: **The device does not know its location.**")]
    [InlineData("get_current_time", "2026-07-01T12:00:00+02:00, Wednesday, 1 July 2026, 12:00 in Europe/Vienna", "It's **Wednesday, 1 July 2026, 12:00 in Europe/Vienna**.")]
    [InlineData("roll_dice", "8, 8 (sum 16)", "I rolled **8, 8 (sum 16)**.")]
    [InlineData("roll_dice", "The number of dice must be 1 to 20; it is 44.", "Here's what I got: **The number of dice must be 1 to 20; it is 44.**")]
    [InlineData("search_messages", """[{"author":"Ada","at":"2026-01-01T00:00:00Z","text":"**tea**\nor not"}]""", "I found 1 message:\n\n- Ada: \\*\\*tea\\*\\* or not")]
    [InlineData("search_messages", "None of them.", "Here's what I got: **None of them.**")]
    [InlineData("write_clipboard", "It is in the clipboard.", "It's in your clipboard.")]
    [InlineData("other", "", "That returned nothing.")]
    public async Task It_says_in_a_sentence_what_the_tools_that_it_knows_came_back_with(string tool, string result, string sentence)
    {
        List<ChatMessage> prompt =
        [
            new(ChatRole.User, "Go"),
            new(ChatRole.Assistant, [new FunctionCallContent("1", tool)]),
            new(ChatRole.Tool, [new FunctionResultContent("1", result)]),
        ];
        Assert.Equal(sentence, (await ReadAsync(prompt, Tools, AsFastAsPossible, TimeProvider.System)).Text);
    }

    [Theory]
    [InlineData("No. Reason: not today")]
    [InlineData("Not run: Ada rejected this call. Reason: not today")]
    public async Task It_reads_out_all_results_of_a_step_a_refusal_among_them(string refusal)
    {
        List<ChatMessage> prompt =
        [
            new(ChatRole.User, "dice, postcard"),
            new(ChatRole.Assistant, [new FunctionCallContent("1", "roll_dice"), new FunctionCallContent("2", "send_postcard")]),
            new(ChatRole.Tool, [new FunctionResultContent("1", "4")]),
            new(ChatRole.Tool, [new FunctionResultContent("2", refusal)]),
        ];
        var reading = await ReadAsync(prompt, Tools, AsFastAsPossible, TimeProvider.System);
        Assert.Equal($"I rolled **4**.\n\nAll right, I'll do without that. I was told: **{refusal}**", reading.Text);
    }

    private static AITool[] AllTools =>
    [
        .. BrowserTools.All.Select(tool => tool.Function),
        PostcardTool.Create().Function,
        SearchTool.Create(null!).Function,
        DiceTool.Create((from, _) => from).Function,
        CurrentTimeTool.Create(TimeProvider.System).Function,
        AIFunctionFactory.Create((string task) => task, "ask_fact_finder"),
    ];

    private static AITool[] Tools =>
    [
        AIFunctionFactory.Create(() => "14:05", "get_time"),
        AIFunctionFactory.Create((int count, int sides) => count * sides, "roll_dice"),
        AIFunctionFactory.Create((string query) => query, "search_room"),
    ];

    private static Task<Reading> AskAsync(
        string text, string? author = null, AITool[]? tools = null, int tokensPerSecond = AsFastAsPossible, TimeProvider? time = null) =>
        ReadAsync([new ChatMessage(ChatRole.User, text) { AuthorName = author }], tools ?? [], tokensPerSecond, time ?? TimeProvider.System);

    /// <summary>Through the guard, as in the application.</summary>
    private static async Task<Reading> ReadAsync(List<ChatMessage> prompt, AITool[] tools, int tokensPerSecond, TimeProvider time)
    {
        using var demo = new DemoChatClient(tokensPerSecond, time);
        var limits = new GuardLimits(TimeSpan.FromSeconds(60), TimeSpan.FromMinutes(10), RetryAttempts: 2, MaxResponseCharacters: 200_000);
        using var guard = new GuardChatClient(demo, limits, time, NullLogger<GuardChatClient>.Instance);
        return await Reading.ToEndAsync(guard.GetStreamingResponseAsync(prompt, new ChatOptions { Tools = tools }));
    }
}
