using System.ClientModel;
using System.Net.Sockets;
using System.Text.Json;
using BlazorChat.Assistants.Providers;
using BlazorChat.Text;
using Microsoft.SemanticKernel;

namespace BlazorChat.Assistants.Resilience;

/// <summary>Makes every <see cref="ChatFailureException"/>: the one place where failures become sentences.</summary>
internal static class ChatFailures
{
    /// <summary>The <see cref="Microsoft.Extensions.AI.ErrorContent.ErrorCode"/> that marks a model's error.</summary>
    public const string RefusalCode = "Refusal";

    private const string Unforeseen = "Something unexpected went wrong while the assistant was answering.";

    public static ChatFailureException Stalled(TimeSpan idle, Exception? cause = null) =>
        new(ChatFailureKind.Stalled, $"The model fell silent for {Words.Duration(idle)}, so the answer was ended.", canRetry: true, cause);

    public static ChatFailureException TimedOut(Exception? cause = null) =>
        new(ChatFailureKind.TimedOut, "The answer took too long and was ended.", canRetry: true, cause);

    public static ChatFailureException EndedEarly(Exception? cause = null) =>
        new(ChatFailureKind.EndedEarly, "The connection ended before the answer was finished.", canRetry: true, cause);

    public static ChatFailureException ConnectionLost(Exception? cause = null) =>
        new(ChatFailureKind.ConnectionLost, "The connection to the model's provider was lost.", canRetry: true, cause);

    public static ChatFailureException Unreachable(Exception? cause = null) =>
        new(ChatFailureKind.Unreachable, "The model's provider cannot be reached.", canRetry: true, cause);

    public static ChatFailureException Empty(bool ranOutOfTokens) =>
        ranOutOfTokens
            ? new(ChatFailureKind.Empty, "The model used up all of its tokens before it began to answer.", canRetry: true)
            : new(ChatFailureKind.Empty, "The model sent an empty answer.", canRetry: true);

    public static ChatFailureException TooLong(int characters) =>
        new(ChatFailureKind.TooLong, $"The answer grew longer than {characters:N0} characters and was ended.", canRetry: false);

    public static ChatFailureException TooManyCalls(int calls) =>
        new(ChatFailureKind.TooLong, $"The answer called more than {calls} tools at once and was ended.", canRetry: false);

    public static ChatFailureException OnlyLoaded() =>
        new(ChatFailureKind.Empty, "The model's server has only loaded the model and given no answer.", canRetry: true);

    /// <param name="model">The model that was asked.</param>
    /// <param name="models">Some of those that there are.</param>
    /// <param name="count">How many there are.</param>
    public static ChatFailureException NoSuchModel(string model, IReadOnlyList<string> models, int count)
    {
        var there = count == 0 ? "It has none yet"
            : $"It has {string.Join(", ", models.Select(Shown))}{(count > models.Count ? $" and {count - models.Count} more" : "")}";
        return new(
            ChatFailureKind.InvalidRequest,
            $"The Ollama server has no model “{Shown(model)}”, which this assistant's setting Model (Assistants:Items:n:Model) names. {there}. “ollama pull {Shown(model)}” gets one.",
            canRetry: false)
        {
            StatusCode = 404,
        };

        static string Shown(string name) => Names.WithoutControls(TextCut.Excerpt(name, 80));
    }

    /// <param name="text">What the model said; may be empty.</param>
    public static ChatFailureException Refused(string text)
    {
        var quote = ProviderMessage.Sanitise(text);
        return new(
            ChatFailureKind.Refused,
            quote.Length > 0 ? $"The model declined to answer: “{quote}”" : "The model or its provider declined to answer this.",
            canRetry: false);
    }

    public static ChatFailureException NotUnderstood(Exception? cause = null) =>
        new(ChatFailureKind.ProviderError, "The model's provider sent something that cannot be understood.", canRetry: true, cause);

    public static ChatFailureException NotAStream(int status) =>
        new(ChatFailureKind.InvalidRequest, "What answers at this assistant's endpoint is not a model's server; its address may be wrong.", canRetry: false) { StatusCode = status };

    /// <summary>What a middleware throws may hold what is private, and names parts that nobody in a room knows.</summary>
    public static ChatFailureException Middleware(Exception cause) =>
        new(ChatFailureKind.Middleware, "A part of this server that works on the assistant's answers failed.", canRetry: true, cause);

    /// <summary>The same failure for when the provider asks for a longer wait than people in a room have.</summary>
    public static ChatFailureException WaitTooLong(ChatFailureException failure) =>
        new(failure.Kind, $"The model's provider asks to wait {Words.Duration(failure.RetryAfter ?? TimeSpan.Zero)} before the next request.", canRetry: true, failure)
        {
            StatusCode = failure.StatusCode,
            RetryAfter = failure.RetryAfter,
        };

    /// <summary>An HTTP answer that is no success.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="code">The provider's machine-readable code or type of the error, if it sent one.</param>
    /// <param name="message">The provider's message, raw; empty for none.</param>
    /// <param name="retryAfter">What it asked for.</param>
    /// <param name="cause">For logs.</param>
    public static ChatFailureException Status(int status, string? code, string message, TimeSpan? retryAfter = null, Exception? cause = null)
    {
        var (kind, sentence, canRetry, quotes) = status switch
        {
            401 or 403 => (ChatFailureKind.Unauthorized, "The model's provider did not accept the key that this assistant is configured with.", false, false),
            402 => (ChatFailureKind.OutOfCredit, "The account at the model's provider has no credit left.", false, false),
            429 when IsOutOfCredit(code) => (ChatFailureKind.OutOfCredit, "The account at the model's provider has no credit left.", false, false),
            429 => (ChatFailureKind.RateLimited, "The model's provider is getting too many requests right now.", true, false),
            413 => (ChatFailureKind.PromptTooLong, "The conversation is longer than the model can take.", false, false),
            400 or 422 when IsPromptTooLong(code, message) => (ChatFailureKind.PromptTooLong, "The conversation is longer than the model can take.", false, false),
            400 or 422 when IsFiltered(code) => (ChatFailureKind.Refused, "The model's provider declined this conversation.", false, false),
            404 => (ChatFailureKind.InvalidRequest, "The model's provider does not know this model or address (HTTP 404).", false, true),
            408 => (ChatFailureKind.ProviderError, "The model's provider gave up waiting for the request (HTTP 408).", true, false),
            503 or 529 => (ChatFailureKind.ProviderError, $"The model's provider is overloaded or under maintenance (HTTP {status}).", true, false),
            >= 500 => (ChatFailureKind.ProviderError, $"The model's provider reported an error of its own (HTTP {status}).", true, true),
            >= 400 => (ChatFailureKind.InvalidRequest, $"The model's provider did not accept the request (HTTP {status}).", false, true),
            _ => (ChatFailureKind.ProviderError, $"The model's provider answered with something unexpected (HTTP {status}).", false, false),
        };
        return new(kind, WithQuote(sentence, quotes ? message : ""), canRetry, cause) { StatusCode = status, RetryAfter = retryAfter };
    }

    /// <summary>An error that arrived inside a stream whose HTTP status was a success.</summary>
    /// <param name="code">The provider's code or type of the error, or an HTTP status as text, if it sent one.</param>
    /// <param name="message">The provider's message, raw.</param>
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

    /// <summary>Whatever else a provider's library throws.</summary>
    public static ChatFailureException From(Exception exception) => exception switch
    {
        ChatFailureException failure => failure,

        // So does HttpClient say that its ConnectTimeout ran out.
        OperationCanceledException { InnerException: TimeoutException } => Unreachable(exception),

        // Nobody stopped it and none of the guard's clocks ran out: it was a time-out inside the library.
        OperationCanceledException or TimeoutException => TimedOut(exception),
        HttpRequestException
        {
            HttpRequestError: HttpRequestError.NameResolutionError
            or HttpRequestError.ConnectionError
            or HttpRequestError.SecureConnectionError
            or HttpRequestError.ProxyTunnelError
        } => Unreachable(exception),
        HttpRequestException or IOException or SocketException => ConnectionLost(exception),
        JsonException or FormatException => NotUnderstood(exception),

        // Of connectors with connections of their own. Their messages may quote anything.
        ClientResultException { Status: >= 400 and var status } => Status(status, code: null, message: "", cause: exception),
        HttpOperationException { StatusCode: { } status } => Status((int)status, code: null, message: "", cause: exception),
        { InnerException: { } inner } => From(inner),
        _ => new(ChatFailureKind.ProviderError, Unforeseen, canRetry: false, exception),
    };

    /// <summary>Whether the cause is none that this class knows, and belongs into the log as it is.</summary>
    public static bool IsUnforeseen(ChatFailureException failure) => failure.Message == Unforeseen;

    private static string WithQuote(string sentence, string message)
    {
        var quote = ProviderMessage.Sanitise(message);
        return quote.Length > 0 ? $"{sentence} It said: “{quote}”" : sentence;
    }

    private static bool IsOutOfCredit(string? code) => code is "insufficient_quota" or "billing_error" or "billing_hard_limit_reached";

    private static bool IsFiltered(string? code) => code is "content_filter" or "content_policy_violation";

    // OpenAI has a code for it; Anthropic ("prompt is too long: …") and most compatible servers only say it in words.
    private static bool IsPromptTooLong(string? code, string message) =>
        code is "context_length_exceeded" or "string_above_max_length"
        || message.Contains("prompt is too long", StringComparison.OrdinalIgnoreCase)
        || message.Contains("maximum context length", StringComparison.OrdinalIgnoreCase)
        || message.Contains("context size", StringComparison.OrdinalIgnoreCase);
}
