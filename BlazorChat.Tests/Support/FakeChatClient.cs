using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using BlazorChat.Turns;
using Microsoft.Extensions.AI;

namespace BlazorChat.Tests.Support;

/// <summary>
/// A model that says what the test tells it to: when the test tells it to (<see cref="NextAsync"/>), or as it was prepared before
/// (<see cref="NextResponse()"/>).
/// </summary>
public sealed class FakeChatClient : IChatClient
{
    private readonly Channel<FakeAnswer> _asked = Channel.CreateUnbounded<FakeAnswer>();
    private readonly ConcurrentQueue<ChannelReader<ChatResponseUpdate>> _prepared = new();
    private readonly List<List<ChatMessage>> _prompts = [];
    private readonly List<ChatOptions?> _options = [];

    private int _requests;

    /// <summary>Number of requests made so far, by all rooms.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>The messages of each request that got a prepared response.</summary>
    public IReadOnlyList<List<ChatMessage>> Prompts => _prompts;

    /// <summary>The options of each request that got a prepared response.</summary>
    public IReadOnlyList<ChatOptions?> Options => _options;

    /// <summary>The token of the last request that got a prepared response.</summary>
    public CancellationToken Token { get; private set; }

    /// <summary>Whether a prepared response goes on waiting when its token is cancelled, as that of a badly written client does.</summary>
    public bool IgnoresCancellation { get; init; }

    /// <summary>Whether a prepared response goes on within the call that writes to its channel, and not a moment later.</summary>
    public bool AnswersInline { get; init; }

    /// <summary>Does something to the messages and options that were given, as some clients do.</summary>
    public Action<IEnumerable<ChatMessage>, ChatOptions?>? Mutation { get; init; }

    public bool IsDisposed { get; private set; }

    /// <summary>The next request that is made, or was made and not yet looked at.</summary>
    public async Task<FakeAnswer> NextAsync() => await _asked.Reader.ReadAsync().AsTask().Soon();

    /// <summary>Done when there is a request that nobody has looked at. Takes nothing from <see cref="NextAsync"/>.</summary>
    public async Task AskedAsync(CancellationToken cancellationToken) => await _asked.Reader.WaitToReadAsync(cancellationToken);

    /// <summary>Whether a request was made that nobody has looked at.</summary>
    public bool WasAskedAgain => _asked.Reader.Count > 0;

    /// <summary>Prepares the next response: what is written to the channel comes; completing it with an exception throws that.</summary>
    public Channel<ChatResponseUpdate> NextResponse()
    {
        var channel = Channel.CreateUnbounded<ChatResponseUpdate>(new UnboundedChannelOptions { AllowSynchronousContinuations = AnswersInline });
        _prepared.Enqueue(channel.Reader);
        return channel;
    }

    /// <summary>Prepares the whole of the next response.</summary>
    public void NextResponse(params ChatResponseUpdate[] updates)
    {
        var channel = NextResponse();
        foreach (var update in updates)
        {
            channel.Writer.TryWrite(update);
        }

        channel.Writer.Complete();
    }

    /// <summary>Prepares a failure in place of the next response.</summary>
    public void NextFailure(Exception exception) => NextResponse().Writer.Complete(exception);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        // Rooms ask side by side.
        Interlocked.Increment(ref _requests);
        var updates = _prepared.TryDequeue(out var prepared) ? Prepared(prepared, messages, options, cancellationToken) : Asked(messages, options, cancellationToken);
        var token = prepared is not null && IgnoresCancellation ? CancellationToken.None : cancellationToken;
        while (await updates.WaitToReadAsync(token).ConfigureAwait(false))
        {
            while (updates.TryRead(out var update))
            {
                yield return update;
            }
        }
    }

    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    // Prompt functions ask for them.
    public object? GetService(Type serviceType, object? serviceKey = null) => serviceType == typeof(ChatClientMetadata) ? new ChatClientMetadata("fake") : null;

    public void Dispose() => IsDisposed = true;

    private ChannelReader<ChatResponseUpdate> Asked(IEnumerable<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken)
    {
        var response = new FakeAnswer([.. messages], options, cancellationToken);
        _asked.Writer.TryWrite(response);
        return response.Updates;
    }

    private ChannelReader<ChatResponseUpdate> Prepared(
        ChannelReader<ChatResponseUpdate> prepared, IEnumerable<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken)
    {
        Token = cancellationToken;
        _prompts.Add([.. messages]);
        _options.Add(options);
        Mutation?.Invoke(messages, options);
        return prepared;
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
