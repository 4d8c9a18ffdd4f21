using BlazorChat.Assistants.Middleware.Cache;
using BlazorChat.Assistants.Resilience;
using BlazorChat.Turns;
using BlazorChat.Tests.Support;
using Microsoft.Extensions.AI;

namespace BlazorChat.Tests.Assistants.Middleware.Cache;

[Trait(nameof(Kind), Kind.Unit)]
public sealed class MiddlewareCacheTests : IDisposable
{
    private readonly Guid _room = Guid.NewGuid();
    private readonly FakeTimeProvider _time = new();
    private readonly FakeChatClient _model = new();
    private readonly ResponseCache _cache = new();

    public void Dispose() => _model.Dispose();

    [Fact]
    public async Task The_same_request_is_answered_again_as_a_stream_without_the_model()
    {
        var client = Client();
        Response("one two", new UsageContent(new UsageDetails { OutputTokenCount = 2 }));
        var first = await AskAsync(client);
        var second = await AskAsync(client);
        Assert.Single(_model.Prompts);
        Assert.Equal(2, first.Usage?.OutputTokenCount);
        Assert.Equal(("one two", ChatFinishReason.Stop, null), (second.Text, second.FinishReason, second.Usage));
        Assert.Equal(3, second.Updates.Count);
        Assert.Equal("one two", (await AskAsync(client)).Text);
    }

    [Fact]
    public async Task Another_request_room_or_wish_asks_the_model()
    {
        var client = Client();
        Func<Task<Reading>>[] others =
        [
            () => AskAsync(client),
            () => AskAsync(client, room: Guid.NewGuid()),
            () => AskAsync(client, text: "Bye"),
            () => AskAsync(client, author: "Grace"),
            () => AskAsync(client, change: options => options.ModelId = "other"),
            () => AskAsync(client, change: options => options.Instructions = "other"),
            () => AskAsync(client, change: options => options.Tools = [AIFunctionFactory.Create(() => 1, "dice")]),
            () => AskAsync(client, change: options => options.AdditionalProperties![TurnProperties.Fresh] = true),
            () => AskAsync(Client("grace")),
        ];
        foreach (var other in others)
        {
            Response("x");
            Assert.Null((await other()).Failure);
        }

        Assert.Equal(others.Length, _model.Prompts.Count);
        await AskAsync(client);
        Assert.Equal(others.Length, _model.Prompts.Count);
    }

    [Fact]
    public async Task What_is_for_no_room_is_not_kept_since_nobody_could_have_it_forgotten()
    {
        var client = Client();
        for (var i = 0; i < 2; i++)
        {
            Response("x");
            await Reading.ToEndAsync(client.GetStreamingResponseAsync("Hello"));
        }

        Assert.Equal((2, 0), (_model.Prompts.Count, _cache.Count));
    }

    [Fact]
    public async Task Failures_stopped_and_cut_answers_and_calls_are_not_kept()
    {
        var client = Client();
        var half = _model.NextResponse();
        half.Writer.TryWrite(new ChatResponseUpdate(ChatRole.Assistant, "Half"));
        half.Writer.Complete(ChatFailures.EndedEarly());
        Assert.NotNull((await AskAsync(client)).Failure);

        Response("Stopped by leaving");
        await foreach (var update in client.GetStreamingResponseAsync(Prompt("Hello", null), Options()))
        {
            break;
        }

        _model.NextResponse(new ChatResponseUpdate(ChatRole.Assistant, "Cut") { FinishReason = ChatFinishReason.Length });
        await AskAsync(client);
        _model.NextResponse(new ChatResponseUpdate(ChatRole.Assistant, [new FunctionCallContent("1", "dice")]) { FinishReason = ChatFinishReason.ToolCalls });
        await AskAsync(client);
        _model.NextResponse(new ChatResponseUpdate(ChatRole.Assistant, "No reason"));
        await AskAsync(client);
        Assert.Equal((5, 0), (_model.Prompts.Count, _cache.Count));
    }

    [Fact]
    public async Task Calls_are_kept_when_configured_and_get_new_ids()
    {
        var client = Client("ada", ("ToolCalls", "true"));
        _model.NextResponse(new ChatResponseUpdate(ChatRole.Assistant, [new FunctionCallContent("1", "dice", new Dictionary<string, object?> { ["n"] = 2 })]) { FinishReason = ChatFinishReason.ToolCalls });
        await AskAsync(client);
        var call = Assert.Single((await AskAsync(client)).Calls);
        Assert.Equal(("dice", 2), (call.Name, call.Arguments!["n"]));
        Assert.NotEqual("1", call.CallId);
        Assert.Single(_model.Prompts);
    }

    [Fact]
    public async Task A_forgotten_room_is_asked_for_again_and_others_are_not()
    {
        var client = Client();
        var other = Guid.NewGuid();
        Response("x");
        await AskAsync(client);
        Response("y");
        await AskAsync(client, room: other);
        _cache.Forget(_room);
        Assert.Equal("y", (await AskAsync(client, room: other)).Text);
        Response("z");
        Assert.Equal("z", (await AskAsync(client)).Text);
    }

    [Fact]
    public async Task An_answer_that_was_under_way_when_its_room_was_forgotten_is_not_kept()
    {
        var client = Client();
        Response("x");
        await AskAsync(client, onUpdate: _ => _cache.Forget(_room));
        Assert.Equal(0, _cache.Count);
    }

    [Fact]
    public async Task Number_size_and_age_are_bounded()
    {
        var client = Client("ada", ("MaxEntries", "2"), ("MaxCharacters", "1000"), ("MaxAge", "00:01:00"));
        foreach (var text in new[] { "1", "2" })
        {
            Response(text);
            await AskAsync(client, text);
        }

        // The first is used again, so the second goes when a third comes.
        await AskAsync(client, "1");
        Response("3");
        await AskAsync(client, "3");
        Assert.Equal(2, _cache.Count);
        Assert.Equal("1", (await AskAsync(client, "1")).Text);

        Response(new string('x', 1001));
        await AskAsync(client, "4");
        Assert.Equal(2, _cache.Count);
        Response(new string('x', 1000));
        await AskAsync(client, "5");
        Assert.Equal(1, _cache.Count);

        _time.Advance(TimeSpan.FromMinutes(1));
        Response("new");
        Assert.Equal("new", (await AskAsync(client, "5")).Text);
    }

    private static List<ChatMessage> Prompt(string text, string? author) =>
        [new(ChatRole.User, text) { AuthorName = author, MessageId = Guid.NewGuid().ToString() }];

    private ChatOptions Options(Guid? room = null) => new() { AdditionalProperties = new() { [TurnProperties.Room] = room ?? _room, [TurnProperties.Recorder] = new object() } };

    private void Response(string text, params AIContent[] more) =>
        _model.NextResponse(new ChatResponseUpdate(ChatRole.Assistant, [new TextContent(text), .. more]), new ChatResponseUpdate(ChatRole.Assistant, []) { FinishReason = ChatFinishReason.Stop });

    private IChatClient Client(string assistant = "ada", params (string Key, string Value)[] settings)
    {
        var context = MiddlewareContexts.Of("cache", _time, settings);
        return new CacheMiddleware(_cache).Wrap(_model, context with { Assistant = context.Assistant with { Author = context.Assistant.Author with { Id = assistant } } });
    }

    private Task<Reading> AskAsync(
        IChatClient client, string text = "Hello", Guid? room = null, string? author = null, Action<ChatOptions>? change = null, Action<Reading>? onUpdate = null)
    {
        var options = Options(room);
        change?.Invoke(options);
        return Reading.ToEndAsync(client.GetStreamingResponseAsync(Prompt(text, author), options), onUpdate);
    }
}
