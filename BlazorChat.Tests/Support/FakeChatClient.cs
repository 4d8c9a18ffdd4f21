using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.AI;

namespace BlazorChat.Tests.Support;

/// <summary>A model that says what the test tells it to, when the test tells it to.</summary>
public sealed class FakeChatClient : IChatClient
{
    private readonly Channel<FakeAnswer> _asked = Channel.CreateUnbounded<FakeAnswer>();

    /// <summary>Number of requests made so far.</summary>
    public int Requests { get; private set; }

    /// <summary>The next request that is made, or was made and not yet looked at.</summary>
    public async Task<FakeAnswer> NextAsync() => await _asked.Reader.ReadAsync().AsTask().Soon();

    /// <summary>Whether a request was made that nobody has looked at.</summary>
    public bool WasAskedAgain => _asked.Reader.Count > 0;

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var answer = new FakeAnswer([.. messages], options, cancellationToken);
        Requests++;
        _asked.Writer.TryWrite(answer);
        await foreach (var update in answer.Updates.ReadAllAsync(cancellationToken))
        {
            yield return update;
        }
    }

    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("Turns stream.");

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }
}

/// <summary>One request to a <see cref="FakeChatClient"/> and its answer.</summary>
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

    /// <summary>The prompt as "author: text" lines.</summary>
    public IEnumerable<string> Lines => Messages.Select(m => $"{m.AuthorName ?? m.Role.Value}: {m.Text}");

    internal ChannelReader<ChatResponseUpdate> Updates => _updates.Reader;

    public FakeAnswer Say(string text) => Send(new ChatResponseUpdate(ChatRole.Assistant, text));

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
