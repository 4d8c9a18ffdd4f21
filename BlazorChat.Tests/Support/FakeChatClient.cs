using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using BlazorChat.Turns;
using Microsoft.Extensions.AI;

namespace BlazorChat.Tests.Support;

/// <summary>A model that says what the test tells it to, when the test tells it to.</summary>
public sealed class FakeChatClient : IChatClient
{
    private readonly Channel<FakeAnswer> _asked = Channel.CreateUnbounded<FakeAnswer>();

    private int _requests;

    /// <summary>Number of requests made so far, by all rooms.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>The next request that is made, or was made and not yet looked at.</summary>
    public async Task<FakeAnswer> NextAsync() => await _asked.Reader.ReadAsync().AsTask().Soon();

    /// <summary>Done when there is a request that nobody has looked at. Takes nothing from <see cref="NextAsync"/>.</summary>
    public async Task AskedAsync(CancellationToken cancellationToken) => await _asked.Reader.WaitToReadAsync(cancellationToken);

    /// <summary>Whether a request was made that nobody has looked at.</summary>
    public bool WasAskedAgain => _asked.Reader.Count > 0;

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var response = new FakeAnswer([.. messages], options, cancellationToken);
        // Rooms ask side by side.
        Interlocked.Increment(ref _requests);
        _asked.Writer.TryWrite(response);
        await foreach (var update in response.Updates.ReadAllAsync(cancellationToken))
        {
            yield return update;
        }
    }

    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    // Prompt functions ask for them.
    public object? GetService(Type serviceType, object? serviceKey = null) => serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata("fake") : null;

    public void Dispose()
    {
    }
}

/// <summary>One request to a <see cref="FakeChatClient"/> and its response.</summary>
public sealed class FakeAnswer
{
    private readonly Channel<ChatResponseUpdate> _updates = Channel.CreateUnbounded<ChatResponseUpdate>();
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal FakeAnswer(IReadOnlyList<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken)
    {
        Messages = messages;
        Options = options;
        cancellationToken.Register(() => _stopped.TrySetResult());
    }

    public IReadOnlyList<ChatMessage> Messages { get; }

    public ChatOptions? Options { get; }

    /// <summary>Done when the request's token was cancelled.</summary>
    public Task Stopped => _stopped.Task;

    /// <summary>The results of tools in the prompt.</summary>
    public IEnumerable<string> Results => Messages.SelectMany(m => m.Contents).OfType<FunctionResultContent>().Select(r => $"{r.CallId}: {r.Result}");

    /// <summary>Names of the tools that were offered.</summary>
    public IEnumerable<string> Tools => (Options?.Tools ?? []).Select(t => t.Name);

    /// <summary>The prompt as "author: text" lines.</summary>
    public IEnumerable<string> Lines => Messages.Select(m => $"{m.AuthorName ?? m.Role.Value}: {m.Text}");

    internal ChannelReader<ChatResponseUpdate> Updates => _updates.Reader;

    public FakeAnswer Say(string text) => Send(new ChatResponseUpdate(ChatRole.Assistant, text));

    /// <summary>Calls a tool, with arguments as JSON. What is no JSON object comes as an adapter gives it: without arguments, with the error.</summary>
    public FakeAnswer Call(string id, string name, string arguments = "{}") =>
        Send(new ChatResponseUpdate(ChatRole.Assistant, [FunctionCallContent.CreateFromParsedArguments(
            arguments, id, name, static json => JsonSerializer.Deserialize<Dictionary<string, object?>>(json))]));

    /// <summary>Writes a piece of a call's arguments.</summary>
    public FakeAnswer Write(string id, string name, string piece) => Send(new ChatResponseUpdate(ChatRole.Assistant, [new ToolCallDeltaContent(id, name, piece)]));

    /// <summary>Thinks aloud.</summary>
    public FakeAnswer Think(string text, string? signature = null) =>
        Send(new ChatResponseUpdate(ChatRole.Assistant, [new TextReasoningContent(text) { ProtectedData = signature }]));

    /// <summary>Counts tokens.</summary>
    public FakeAnswer Use(long input, long output, long cached = 0, long reasoning = 0) =>
        Send(new ChatResponseUpdate(ChatRole.Assistant, [new UsageContent(new UsageDetails
        {
            InputTokenCount = input,
            OutputTokenCount = output,
            CachedInputTokenCount = cached,
            ReasoningTokenCount = reasoning,
        })]));

    public FakeAnswer Send(ChatResponseUpdate update)
    {
        _updates.Writer.TryWrite(update);
        return this;
    }

    public void Finish(string? text = null, ChatFinishReason? reason = null)
    {
        if (text is not null)
        {
            Say(text);
        }

        Send(new ChatResponseUpdate { FinishReason = reason ?? ChatFinishReason.Stop });
        _updates.Writer.TryComplete();
    }

    public void Fail(Exception exception) => _updates.Writer.TryComplete(exception);
}
