using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;

namespace BlazorChat.Samples;

/// <summary>
/// Stands in for a model: it calls each tool that the newest message names, with the JSON object after the name
/// (<c>find_order {"number":17}</c>), then repeats the results. If asked for JSON, it returns the message's own.
/// </summary>
public sealed partial class TryoutChatClient : IChatClient
{
    /// <inheritdoc />
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.Yield();
        cancellationToken.ThrowIfCancellationRequested();
        var prompt = messages.ToList();
        var question = prompt.LastOrDefault(m => m.Role == ChatRole.User)?.Text ?? "";
        var contents = Response(prompt, question, options);
        contents.Add(new UsageContent(new UsageDetails { InputTokenCount = question.Length / 4, OutputTokenCount = 10 }));
        yield return new ChatResponseUpdate(ChatRole.Assistant, contents)
        {
            FinishReason = contents.OfType<FunctionCallContent>().Any() ? ChatFinishReason.ToolCalls : ChatFinishReason.Stop,
        };
    }

    /// <inheritdoc />
    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    /// <inheritdoc />
    public object? GetService(Type serviceType, object? serviceKey = null) => serviceKey is null && serviceType.IsInstanceOfType(this) ? this : null;

    /// <inheritdoc />
    public void Dispose()
    {
    }

    private static List<AIContent> Response(List<ChatMessage> prompt, string question, ChatOptions? options)
    {
        if (prompt is [.., { Role: var last } newest] && last == ChatRole.Tool)
        {
            return [new TextContent(string.Join('\n', newest.Contents.OfType<FunctionResultContent>().Select(r => r.Result)))];
        }

        if (options?.ResponseFormat is ChatResponseFormatJson)
        {
            return [new TextContent(JsonIn(question))];
        }

        var calls = Calls(question, options);
        return calls.Count > 0 ? calls : [new TextContent($"You said: {question}")];
    }

    private static List<AIContent> Calls(string question, ChatOptions? options)
    {
        if ((options?.ToolMode as RequiredChatToolMode)?.RequiredFunctionName is { } must)
        {
            // Not a model: the first number is taken as the order's.
            var number = Number().Match(question);
            return [Call(0, must, number.Success ? $$"""{"number":{{number.Value}}}""" : "")];
        }

        var tools = (options?.Tools ?? []).Select(t => t.Name).ToHashSet(StringComparer.Ordinal);
        return [.. Word().Matches(question).Where(w => tools.Contains(w.Value))
            .Select(AIContent (w, i) => Call(i, w.Value, question[(w.Index + w.Length)..].TrimStart() is ['{', ..] rest ? JsonIn(rest) : ""))];
    }

    private static FunctionCallContent Call(int number, string tool, string json) =>
        new($"call-{number}", tool, json.Length == 0 ? [] : JsonSerializer.Deserialize<Dictionary<string, object?>>(json));

    /// <summary>The first JSON object in a text, or an empty string.</summary>
    private static string JsonIn(string text)
    {
        var start = text.IndexOf('{', StringComparison.Ordinal);
        if (start < 0)
        {
            return "";
        }

        try
        {
            var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text[start..]));
            using var value = JsonDocument.ParseValue(ref reader);
            return value.RootElement.GetRawText();
        }
        catch (JsonException)
        {
            return "";
        }
    }

    [GeneratedRegex("[A-Za-z0-9_-]+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Word();

    [GeneratedRegex(@"\d{1,9}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Number();
}
