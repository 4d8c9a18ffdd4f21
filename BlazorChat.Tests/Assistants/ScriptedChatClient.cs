using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.AI;

namespace BlazorChat.Tests.Assistants;

/// <summary>A model whose answers are prepared before it is asked: what is written to the channel comes out of the stream; completing the channel with an exception throws it.</summary>
public sealed class ScriptedChatClient : IChatClient
{
    private readonly Queue<ChannelReader<ChatResponseUpdate>> _responses = new();
    private readonly List<List<ChatMessage>> _prompts = [];
    private readonly List<ChatOptions?> _options = [];

    /// <summary>Whether a stream goes on waiting when its token is cancelled, as a badly written client does.</summary>
    public bool IgnoresCancellation { get; init; }

    /// <summary>Whether the stream goes on within the call that writes to its channel, and not a moment later.</summary>
    public bool AnswersInline { get; init; }

    public IReadOnlyList<List<ChatMessage>> Prompts => _prompts;

    public IReadOnlyList<ChatOptions?> Options => _options;

    public bool IsDisposed { get; private set; }

    /// <summary>Does something to the messages and options that were given, as some clients do.</summary>
    public Action<IEnumerable<ChatMessage>, ChatOptions?>? Mutation { get; init; }

    /// <summary>The token of the last request.</summary>
    public CancellationToken Token { get; private set; }

    /// <summary>The channel of the next request that has none yet.</summary>
    public Channel<ChatResponseUpdate> NextResponse()
    {
        var channel = Channel.CreateUnbounded<ChatResponseUpdate>(new UnboundedChannelOptions { AllowSynchronousContinuations = AnswersInline });
        _responses.Enqueue(channel.Reader);
        return channel;
    }

    /// <summary>A whole response for the next request that has none yet.</summary>
    public void NextResponse(params ChatResponseUpdate[] updates)
    {
        var channel = NextResponse();
        foreach (var update in updates)
        {
            channel.Writer.TryWrite(update);
        }

        channel.Writer.Complete();
    }

    /// <summary>A failure instead of a response.</summary>
    public void NextFailure(Exception exception) => NextResponse().Writer.Complete(exception);

    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        Token = cancellationToken;
        _prompts.Add([.. messages]);
        _options.Add(options);
        Mutation?.Invoke(messages, options);
        var reader = _responses.Dequeue();
        while (await reader.WaitToReadAsync(IgnoresCancellation ? CancellationToken.None : cancellationToken).ConfigureAwait(false))
        {
            while (reader.TryRead(out var update))
            {
                yield return update;
            }
        }
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose() => IsDisposed = true;
}
