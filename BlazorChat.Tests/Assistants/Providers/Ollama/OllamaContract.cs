using BlazorChat.Assistants;
using Microsoft.Extensions.AI;

namespace BlazorChat.Tests.Assistants.Providers.Ollama;

/// <summary>
/// What the application needs of an Ollama server, whichever it is: the tests' own stub in the ordinary run
/// (<see cref="OllamaStubContractTests"/>), and a real one by <c>eng/try-ollama.sh</c>.
/// </summary>
public abstract class OllamaContract
{
    private readonly ModelWire _wire = ModelWire.Named(ModelWire.Ollama);

    /// <summary>Where the server is.</summary>
    protected abstract Uri Address { get; }

    /// <summary>A model of it that has tools.</summary>
    protected abstract string Model { get; }

    /// <summary>What a stub answers next; a real server answers by itself.</summary>
    protected virtual void Next(params string[] lines)
    {
    }

    [Fact]
    public async Task An_answer_streams_to_its_end_and_is_counted()
    {
        using var directory = Create();
        Next(_wire.Text("He"), _wire.Text("llo"), _wire.End);
        var reading = await AskAsync(directory, [new(ChatRole.User, "Say hello.")]);
        Assert.Null(reading.Failure);
        Assert.NotEmpty(reading.Text);
        Assert.Equal(ChatFinishReason.Stop, reading.FinishReason);
        Assert.True(reading.Usage is { InputTokenCount: > 0, OutputTokenCount: > 0 });
    }

    [Fact]
    public async Task An_answer_that_reaches_its_limit_says_so()
    {
        using var directory = Create(item => item.MaxOutputTokens = 5);
        Next(_wire.Text("One, two,"), OllamaWire.Finish("length", 20, 5));
        var reading = await AskAsync(directory, [new(ChatRole.User, "Count to one hundred in words.")]);
        Assert.Null(reading.Failure);
        Assert.Equal(ChatFinishReason.Length, reading.FinishReason);
        Assert.True(reading.Usage!.OutputTokenCount <= 5);
    }

    [Fact]
    public async Task A_tool_is_called_and_what_it_says_is_used()
    {
        var options = new ChatOptions { Tools = [AIFunctionFactory.Create((string city) => city, "get_weather", "The weather in a city, now.")] };
        ChatMessage question = new(ChatRole.User, "What is the weather in Paris now? Use the tool get_weather.");
        using var directory = Create();
        Next(_wire.Call(0, "c1", "get_weather", """{"city":"Paris"}"""), _wire.CallsEnd);
        var reading = await AskAsync(directory, [question], options);
        Assert.Null(reading.Failure);
        Assert.Equal(ChatFinishReason.ToolCalls, reading.FinishReason);
        var call = Assert.Single(reading.Calls);
        Assert.Equal("get_weather", call.Name);
        Assert.Contains("Paris", $"{call.Arguments!["city"]}", StringComparison.Ordinal);

        Next(_wire.Text("It is 17 degrees."), _wire.End);
        var second = await AskAsync(directory, [question, reading.Kept(), new(ChatRole.Tool, [new FunctionResultContent(call.CallId, "17 degrees, fog")])], options);
        Assert.Null(second.Failure);
        Assert.Contains("17", second.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_is_not_there_is_named_with_those_that_are()
    {
        using var directory = Create(item => item.Model = "there-is-no-such-model");
        var failure = (await AskAsync(directory, [new(ChatRole.User, "Hi")])).Failure!;
        Assert.Contains("no model “there-is-no-such-model”", failure.Message, StringComparison.Ordinal);
        Assert.Contains(Model.Split(':')[0], failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_can_be_stopped_and_the_next_one_comes()
    {
        using var directory = Create();
        using var stop = new CancellationTokenSource();
        Next(_wire.Text("One"), _wire.Text(" two"), _wire.End);
        var stopped = await Reading.ToEndAsync(
            directory.Find("a")!.Client.GetStreamingResponseAsync([new(ChatRole.User, "Count to one hundred in words.")], cancellationToken: stop.Token),
            reading => stop.Cancel());
        Assert.True(stopped.WasStopped);
        Next(_wire.Text("Hello"), _wire.End);
        Assert.NotEmpty((await AskAsync(directory, [new(ChatRole.User, "Say hello.")])).Text);
    }

    private AssistantDirectory Create(Action<AssistantOptions>? configure = null) => _wire.CreateDirectory(Address, configure: item =>
    {
        (item.Model, item.PromptTokens, item.MaxOutputTokens, item.Temperature) = (Model, 2_000, 1_000, 0);
        (item.ReasoningEffort, item.IdleTimeout) = (ReasoningEffort.None, TimeSpan.FromMinutes(5));
        configure?.Invoke(item);
    });

    private static Task<Reading> AskAsync(AssistantDirectory directory, List<ChatMessage> prompt, ChatOptions? options = null) =>
        Reading.ToEndAsync(directory.Find("a")!.Client.GetStreamingResponseAsync(prompt, options));
}
