using System.ClientModel;
using System.Net.Sockets;
using System.Text.Json;
using BlazorChat.Assistants.Providers;
using BlazorChat.Text;
using Microsoft.SemanticKernel;

namespace BlazorChat.Assistants.Resilience;

/// <summary>Creates every <see cref="ChatFailureException"/>: the only place where failures become sentences.</summary>
internal static class ChatFailures
{
    /// <summary>The <see cref="Microsoft.Extensions.AI.ErrorContent.ErrorCode"/> that marks a model's refusal.</summary>
    public const string RefusalCode = "Refusal";

    private static readonly string[] TooLongSentences =
    [
        "prompt is too long", "prompt too long", "input is too long", "maximum context length", "context length exceeded", "context size", "context window",
        "context overflow", "exceeds the context", "too many tokens",
    ];

    private const string Unforeseen = "Something unexpected went wrong while the assistant was answering.";

    public static ChatFailureException Stalled(TimeSpan idle, Exception? cause = null) =>
        new(ChatFailureKind.Stalled, $"The model was silent for {Durations.InWords(idle)}, so the answer was ended.", canRetry: true, cause);

    public static ChatFailureException TimedOut(Exception? cause = null) =>
        new(ChatFailureKind.TimedOut, "The answer took too long and was ended.", canRetry: true, cause);

    public static ChatFailureException EndedEarly(Exception? cause = null) =>
        new(ChatFailureKind.EndedEarly, "The connection dropped before the answer finished.", canRetry: true, cause);

    public static ChatFailureException ConnectionLost(Exception? cause = null) =>
        new(ChatFailureKind.ConnectionLost, "The connection to the model's provider was lost.", canRetry: true, cause);

    public static ChatFailureException Unreachable(Exception? cause = null) =>
        new(ChatFailureKind.Unreachable, "The model's provider could not be reached.", canRetry: true, cause);

    /// <param name="ranOutOfTokens">Whether the model used all its tokens.</param>
    /// <param name="hasReasoned">Whether it wrote reasoning.</param>
    public static ChatFailureException Empty(bool ranOutOfTokens, bool hasReasoned) =>
        new(
            ChatFailureKind.Empty,
            ranOutOfTokens ? "The model used all its tokens before it began to answer."
                : hasReasoned ? "The model thought about it but wrote no answer."
                : "The model returned an empty answer.",
            canRetry: true);

    public static ChatFailureException TooLong(int characters) =>
        new(ChatFailureKind.TooLong, $"The answer was ended because it grew longer than {characters:N0} characters.", canRetry: false);

    public static ChatFailureException TooManyCalls(int calls) =>
        new(ChatFailureKind.TooLong, $"The answer was ended because it called more than {calls} tools at once.", canRetry: false);

    public static ChatFailureException OnlyLoaded() =>
        new(ChatFailureKind.Empty, "The model's server loaded the model but gave no answer.", canRetry: true);

    /// <param name="model">The model that was asked.</param>
    /// <param name="models">Some of the installed models.</param>
    /// <param name="count">The number of installed models.</param>
    public static ChatFailureException NoSuchModel(string model, IReadOnlyList<string> models, int count)
    {
        var there = count == 0 ? "It has no models yet"
            : $"It has {string.Join(", ", models.Select(Shown))}{(count > models.Count ? $" and {count - models.Count} more" : "")}";
        return new(
            ChatFailureKind.InvalidRequest,
            $"The Ollama server has no model “{Shown(model)}”, which this assistant's setting Model (Assistants:Items:n:Model) names. {there}. Install it with “ollama pull {Shown(model)}”.",
            canRetry: false)
        {
            StatusCode = 404,
        };

        static string Shown(string name) => Names.WithoutControls(TextCut.Excerpt(name, 80));
    }

    /// <param name="text">The model's explanation; may be empty.</param>
    public static ChatFailureException Refused(string text)
    {
        var quote = ProviderMessage.Sanitize(text);
        return new(
            ChatFailureKind.Refused,
            quote.Length > 0 ? $"The model declined to answer: “{quote}”" : "The model or its provider declined to answer this.",
            canRetry: false);
    }

    public static ChatFailureException NotUnderstood(Exception? cause = null) => NotUnderstood("", cause);

    /// <param name="words">What it sent, unprocessed; may be empty.</param>
    /// <param name="cause">For logs.</param>
    public static ChatFailureException NotUnderstood(string words, Exception? cause = null) =>
        new(ChatFailureKind.ProviderError, WithQuote("The model's provider sent something that could not be understood.", words), canRetry: true, cause);

    /// <param name="status">The HTTP status.</param>
    /// <param name="words">What it sent, unprocessed; may be empty.</param>
    public static ChatFailureException NotAStream(int status, string words = "") =>
        new(ChatFailureKind.InvalidRequest, WithQuote("The server at this assistant's endpoint is not a model server. The address may be wrong.", words), canRetry: false) { StatusCode = status };

    /// <summary>The middleware's exception may contain private data, and names parts that the people in a room do not know.</summary>
    public static ChatFailureException Middleware(Exception cause) =>
        new(ChatFailureKind.Middleware, "A part of this server that processes the assistant's answers failed.", canRetry: true, cause);

    /// <summary>The same failure, if the provider asks for a longer wait than people in a room would accept.</summary>
    public static ChatFailureException WaitTooLong(ChatFailureException failure) =>
        new(failure.Kind, $"The model's provider asks us to wait {Durations.InWords(failure.RetryAfter ?? TimeSpan.Zero)} before the next request.", canRetry: true, failure)
        {
            StatusCode = failure.StatusCode,
            RetryAfter = failure.RetryAfter,
        };

    /// <summary>An HTTP error.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="code">The provider's code or type of the error, or null.</param>
    /// <param name="message">The provider's message, unprocessed; may be empty.</param>
    /// <param name="retryAfter">How long the provider asks to wait.</param>
    /// <param name="cause">For logs.</param>
    public static ChatFailureException Status(int status, string? code, string message, TimeSpan? retryAfter = null, Exception? cause = null)
    {
        var (kind, sentence, canRetry) = status switch
        {
            401 or 403 => (ChatFailureKind.Unauthorized, "The API key for this assistant was rejected. Ask your admin to check it.", false),
            402 => (ChatFailureKind.OutOfCredit, "The account at the model's provider has no credit left.", false),
            429 when IsOutOfCredit(code) => (ChatFailureKind.OutOfCredit, "The account at the model's provider has no credit left.", false),
            429 => (ChatFailureKind.RateLimited, "The provider is busy (rate limit).", true),
            413 => (ChatFailureKind.PromptTooLong, "The conversation is too long for the model.", false),
            400 or 422 when IsPromptTooLong(code, message) => (ChatFailureKind.PromptTooLong, "The conversation is too long for the model.", false),
            400 or 422 when IsFiltered(code) => (ChatFailureKind.Refused, "The model's provider declined this conversation.", false),
            404 => (ChatFailureKind.InvalidRequest, "The model's provider does not know this model or address (HTTP 404).", false),
            408 => (ChatFailureKind.ProviderError, "The model's provider timed out waiting for the request (HTTP 408).", true),
            503 or 529 => (ChatFailureKind.ProviderError, $"The model's provider is overloaded or under maintenance (HTTP {status}).", true),
            >= 500 => (ChatFailureKind.ProviderError, $"The model's provider reported an internal error (HTTP {status}).", true),
            >= 400 => (ChatFailureKind.InvalidRequest, $"The model's provider rejected the request (HTTP {status}).", false),
            >= 300 => (ChatFailureKind.InvalidRequest, $"The server at this assistant's endpoint redirects to another address (HTTP {status}), to which the API key is not sent. The assistant's setting Endpoint may be wrong.", false),
            _ => (ChatFailureKind.ProviderError, $"The model's provider answered with something unexpected (HTTP {status}).", false),
        };
        return new(kind, WithQuote(sentence, message), canRetry, cause) { StatusCode = status, RetryAfter = retryAfter };
    }

    /// <summary>A refusal of a request that already has the form that the refusal asks for.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="error">The error.</param>
    /// <param name="rule">The form that it asks for.</param>
    public static ChatFailureException FormRefused(int status, ProviderError error, RequestRule rule)
    {
        var failure = Status(status, error.Code, error.Message);
        var hint = rule == RequestRule.NoTools
            ? "The assistant's setting Tools can turn its tools off."
            : $"The request was sent as the setting RequestRules describes ({rule}), which did not help.";
        return new(failure.Kind, $"{failure.Message} {hint}", canRetry: false) { StatusCode = status, Parameter = error.Parameter };
    }

    /// <summary>An error inside a stream whose HTTP status was a success.</summary>
    /// <param name="code">The provider's code or type of the error, an HTTP status as text, or null.</param>
    /// <param name="message">The provider's message, unprocessed.</param>
    /// <param name="cause">For logs.</param>
    public static ChatFailureException ErrorEvent(string? code, string? message, Exception? cause = null)
    {
        var status = code switch
        {
            "authentication_error" or "permission_error" or "invalid_api_key" => 401,
            "billing_error" => 402,
            "rate_limit_error" or "rate_limit_exceeded" or "insufficient_quota" => 429,
            "invalid_request_error" or "context_length_exceeded" or "content_filter" or "invalid_prompt" => 400,
            "not_found_error" or "model_not_found" => 404,
            "request_too_large" => 413,
            "overloaded_error" => 529,
            _ => int.TryParse(code, out var number) && number is >= 400 and <= 599 ? number : 0,
        };
        if (status != 0)
        {
            return Status(status, code, message ?? "", cause: cause);
        }

        return new(ChatFailureKind.ProviderError, WithQuote("The model's provider reported an error.", message ?? ""), canRetry: true, cause);
    }

    /// <summary>Any other exception of a provider's library.</summary>
    public static ChatFailureException From(Exception exception) => exception switch
    {
        ChatFailureException failure => failure,

        // HttpClient throws this when its ConnectTimeout is over.
        OperationCanceledException { InnerException: TimeoutException } => Unreachable(exception),

        // No one stopped it, and none of the guard's timeouts is over: it was a timeout inside the library.
        OperationCanceledException or TimeoutException => TimedOut(exception),
        HttpRequestException
        {
            HttpRequestError: HttpRequestError.NameResolutionError
            or HttpRequestError.ConnectionError
            or HttpRequestError.SecureConnectionError
            or HttpRequestError.ProxyTunnelError
        } => Unreachable(exception),
        HttpRequestException or IOException or SocketException => ConnectionLost(exception),
        JsonException or FormatException or InvalidDataException => NotUnderstood(exception),

        // From connectors with connections of their own. Their messages may quote anything.
        ClientResultException { Status: >= 400 and var status } => Status(status, code: null, message: "", cause: exception),
        HttpOperationException { StatusCode: { } status } => Status((int)status, code: null, message: "", cause: exception),
        { InnerException: { } inner } => From(inner),
        _ => new(ChatFailureKind.ProviderError, Unforeseen, canRetry: false, exception),
    };

    /// <summary>Whether the cause is unknown to this class and must be logged completely.</summary>
    public static bool IsUnforeseen(ChatFailureException failure) => failure.Message == Unforeseen;

    private static string WithQuote(string sentence, string message)
    {
        var quote = ProviderMessage.Sanitize(message);
        return quote.Length > 0 ? $"{sentence} It said: “{quote}”" : sentence;
    }

    private static bool IsOutOfCredit(string? code) => code is "insufficient_quota" or "billing_error" or "billing_hard_limit_reached";

    private static bool IsFiltered(string? code) => code is "content_filter" or "content_policy_violation";

    // OpenAI has a code for it. Anthropic ("prompt is too long: …") and most compatible servers say it only in the message.
    private static bool IsPromptTooLong(string? code, string message) =>
        code is "context_length_exceeded" or "string_above_max_length" or "exceed_context_size_error"
        || TooLongSentences.Any(sentence => message.Contains(sentence, StringComparison.OrdinalIgnoreCase));
}
