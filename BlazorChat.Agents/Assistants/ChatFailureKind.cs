namespace BlazorChat.Assistants;

/// <summary>Why a response failed, for code, logs and traces, where operators search for these names. People get, and messages keep, <see cref="ChatFailureException.Message"/>.</summary>
public enum ChatFailureKind
{
    /// <summary>The provider answered with an error of its own (HTTP 5xx, an error event, something that is no response).</summary>
    ProviderError,

    /// <summary>The key is missing, wrong or not allowed to use this model (HTTP 401, 403).</summary>
    Unauthorized,

    /// <summary>Too many requests or tokens for now (HTTP 429).</summary>
    RateLimited,

    /// <summary>The account has no credit left (HTTP 402, or 429 with a code that says so).</summary>
    OutOfCredit,

    /// <summary>The provider does not accept the request (HTTP 400, 404, 422 and their kin): a configuration or a programming error.</summary>
    InvalidRequest,

    /// <summary>The conversation is longer than the model can take.</summary>
    PromptTooLong,

    /// <summary>The model or its provider's filter declined to answer.</summary>
    Refused,

    /// <summary>No connection to the provider could be made.</summary>
    Unreachable,

    /// <summary>The connection broke in the middle of the response.</summary>
    ConnectionLost,

    /// <summary>The provider closed the stream without saying that the response is finished.</summary>
    EndedEarly,

    /// <summary>The provider was silent for longer than the idle time-out.</summary>
    Stalled,

    /// <summary>The response took longer than the total time-out.</summary>
    TimedOut,

    /// <summary>The provider said that the response is finished, and there was none.</summary>
    Empty,

    /// <summary>The response had more characters, or called more tools, than are allowed.</summary>
    TooLong,

    /// <summary>A middleware of the assistant threw.</summary>
    Middleware,
}
