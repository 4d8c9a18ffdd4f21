using System.ComponentModel.DataAnnotations;
using BlazorChat.Turns.Tools;
using BlazorChat.Tests.Support;
using Microsoft.Extensions.AI;

namespace BlazorChat.Tests.Turns.Tools;

[Trait(nameof(Kind), Kind.Unit)]
public sealed class StructuredOutputTests
{
    private const string Good = """{"name":"Ada","age":36,"pets":[{"name":"Rex"}]}""";

    [Fact]
    public async Task A_model_is_asked_with_the_schema_and_its_answer_is_an_object()
    {
        using var client = Answering(Good);
        var options = new ChatOptions { Instructions = "Be exact.", Tools = [AIFunctionFactory.Create(() => "x", "x")] };
        var result = await AskAsync<Owner>(client, options);
        Assert.Equal("Ada", result.Value.Name);
        Assert.Equal("Rex", Assert.Single(result.Value.Pets).Name);
        var sent = client.Options[0]!;
        var schema = Assert.IsType<ChatResponseFormatJson>(sent.ResponseFormat).Schema!.Value.GetRawText();
        Assert.Contains("\"age\"", schema, StringComparison.Ordinal);
        Assert.StartsWith("Be exact.\n\nAnswer with nothing but", sent.Instructions, StringComparison.Ordinal);
        Assert.Null(sent.Tools);
        Assert.Single(options.Tools);
        Assert.Null(options.ResponseFormat);
    }

    [Theory]
    [InlineData("```json\n{0}\n```")]
    [InlineData("  ```\n{0}```  ")]
    [InlineData("\n{0}\n")]
    public async Task A_fence_around_the_answer_does_no_harm(string form)
    {
        using var client = Answering(form.Replace("{0}", Good, StringComparison.Ordinal));
        Assert.Equal(36, (await AskAsync<Owner>(client)).Value.Age);
    }

    [Theory]
    [InlineData("I would rather not.", "invalid")]
    [InlineData("", "empty")]
    [InlineData("null", "null")]
    [InlineData("""{"name":"Ada","pets":[]}""", "age")]
    [InlineData("""{"name":null,"age":36,"pets":[]}""", "name")]
    [InlineData("""{"name":"Ada","age":"old","pets":[]}""", "age")]
    [InlineData("""{"name":"Ada","age":200,"pets":[]}""", "between 0 and 150")]
    [InlineData("""{"name":"Ada","age":36,"pets":[{"name":"Rex"},{"name":""}]}""", "Pets[1]")]
    public async Task What_is_wrong_is_told_to_the_model_once_and_the_second_answer_counts(string first, string problem)
    {
        using var client = Answering(first, Good);
        var result = await AskAsync<Owner>(client);
        Assert.Equal("Ada", result.Value.Name);
        Assert.Equal(2, client.Prompts.Count);
        Assert.Equal(ChatRole.Assistant, client.Prompts[1][1].Role);
        Assert.Contains(problem, client.Prompts[1][2].Text, StringComparison.OrdinalIgnoreCase);
        Assert.Equal((20, 6), (result.Usage.InputTokenCount!.Value, result.Usage.OutputTokenCount!.Value));
    }

    [Fact]
    public async Task Two_wrong_answers_are_a_failure_that_says_why()
    {
        using var client = Answering("nonsense", """{"name":"Ada","age":-1,"pets":[]}""", Good);
        var failure = await Assert.ThrowsAsync<StructuredOutputException>(() => AskAsync<Owner>(client));
        Assert.Contains("asked 2 times", failure.Message, StringComparison.Ordinal);
        Assert.Contains("between 0 and 150", failure.Message, StringComparison.Ordinal);
        Assert.Equal(2, client.Prompts.Count);
    }

    [Fact]
    public async Task What_is_no_object_is_asked_for_within_one()
    {
        using var client = Answering("[1,2]", """{"value":[1,2]}""");
        Assert.Equal("1 2", string.Join(' ', (await AskAsync<int[]>(client)).Value));
        Assert.Contains("\"value\"", client.Prompts[1][2].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stopping_reaches_the_model()
    {
        using var client = new FakeChatClient();
        client.NextResponse();
        using var stop = new CancellationTokenSource();
        var asked = StructuredOutput.GetAsync<Owner>(client, [new ChatMessage(ChatRole.User, "Who?")], null, stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked.Soon());
        Assert.True(client.Token.IsCancellationRequested);
    }

    private static Task<StructuredResult<T>> AskAsync<T>(FakeChatClient client, ChatOptions? options = null) =>
        StructuredOutput.GetAsync<T>(client, [new ChatMessage(ChatRole.User, "Who?")], options, CancellationToken.None).Soon();

    private static FakeChatClient Answering(params string[] responses)
    {
        var client = new FakeChatClient();
        foreach (var response in responses)
        {
            client.NextResponse(new ChatResponseUpdate(ChatRole.Assistant, [new TextContent(response), new UsageContent(new UsageDetails { InputTokenCount = 10, OutputTokenCount = 3 })]));
        }

        return client;
    }

    private sealed record Owner(string Name, [Range(0, 150)] int Age, IReadOnlyList<Pet> Pets);

    private sealed class Pet
    {
        [Required]
        public string Name { get; set; } = "";
    }
}
