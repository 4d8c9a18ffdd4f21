using BlazorChat.Assistants.Middleware.Filters;
using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants.Middleware.Redaction;

/// <summary>See <see cref="RedactionMiddleware"/>.</summary>
internal sealed class RedactionChatClient : ContentFilterChatClient
{
    private readonly RedactionOptions _options;
    private readonly PatternProgram _program;
    private readonly ContentRedactor _contents;

    public RedactionChatClient(IChatClient inner, RedactionOptions options)
        : base(inner)
    {
        _options = options;
        _program = options.Compile();
        _contents = new ContentRedactor(_program);
    }

    protected override (IEnumerable<ChatMessage> Messages, ChatOptions? Options) Send(IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        if (!_options.Sent)
        {
            return (messages, options);
        }

        var sent = options;
        if (options?.Instructions is { } instructions)
        {
            sent = options.Clone();
            sent.Instructions = TextRedactor.Redact(_program, instructions);
        }

        return (messages.Select(Redact).ToList(), sent);
    }

    // The messages of some failures quote the model, so everything except the message is dropped.
    protected override Exception Failure(Exception exception) =>
        _options.Streamed && exception is ChatFailureException failure && TextRedactor.Redact(_program, failure.Message) is var sentence && sentence != failure.Message
            ? new ChatFailureException(failure.Kind, sentence, failure.CanRetry, failure.InnerException) { StatusCode = failure.StatusCode, RetryAfter = failure.RetryAfter }
            : exception;

    protected override ContentFilter CreateFilter() => _options.Streamed ? new RedactionFilter(_program, _contents) : new NoFilter();

    private ChatMessage Redact(ChatMessage message)
    {
        var copy = message.Clone();
        copy.Contents = [.. message.Contents.Select(_contents.Redact)];

        // A name may be an address.
        copy.AuthorName = message.AuthorName is { } name ? TextRedactor.Redact(_program, name) : null;
        copy.RawRepresentation = null;
        return copy;
    }

    private sealed class NoFilter : ContentFilter
    {
        public override void Add(AIContent content, IList<AIContent> output) => output.Add(content);

        public override void End(IList<AIContent> output)
        {
        }
    }
}
