namespace BlazorChat.Assistants;

/// <summary>Why a response failed, for code, logs and traces, where operators search for these names. People see <see cref="ChatFailureException.Message"/>, which messages keep.</summary>
public enum ChatFailureKind
{
    /// <summary>The provider reported an error of its own (HTTP 5xx, an error event, or something that is not a response).</summary>
    ProviderError,

    /// <summary>The key is missing, wrong or not allowed to use this model (HTTP 401, 403).</summary>
    Unauthorized,

    /// <summary>Too many requests or tokens at the moment (HTTP 429).</summary>
    RateLimited,

    /// <summary>The account has no credit left (HTTP 402, or 429 with a code for it).</summary>
    OutOfCredit,

    /// <summary>The provider does not accept the request (HTTP 400, 404, 422 and similar): an error in the configuration or the code.</summary>
    InvalidRequest,

    /// <summary>The conversation is too long for the model.</summary>
    PromptTooLong,

    /// <summary>The model or its provider's filter declined to answer.</summary>
    Refused,

    /// <summary>No connection to the provider could be made.</summary>
    Unreachable,

    /// <summary>The connection broke in the middle of the response.</summary>
    ConnectionLost,

    /// <summary>The provider closed the stream before the response was finished.</summary>
    EndedEarly,

    /// <summary>The provider was silent for longer than the idle timeout.</summary>
    Stalled,

    /// <summary>The response took longer than the total timeout.</summary>
    TimedOut,

    /// <summary>The provider finished the response without any content.</summary>
    Empty,

    /// <summary>The response had too many characters or tool calls.</summary>
    TooLong,

    /// <summary>The assistant's middleware threw an exception.</summary>
    Middleware,
}
