using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace BlazorChat.Rooms;

/// <summary>The kinds of reasons for refusing a command or subscription.</summary>
public enum RoomErrorKind
{
    /// <summary>The input breaks a rule (length, characters, empty).</summary>
    Invalid,

    /// <summary>The room or message does not exist or has been removed.</summary>
    NotFound,

    /// <summary>The person may not do this.</summary>
    Forbidden,

    /// <summary>The current state does not allow it (a name is taken, a response has not failed).</summary>
    Conflict,

    /// <summary>A limit is reached.</summary>
    Limit,

    /// <summary>It could not be stored; retrying can help.</summary>
    Unavailable,
}

/// <summary>The reason for a refusal.</summary>
/// <param name="Kind">The kind of reason.</param>
/// <param name="Message">One or two English sentences for the caller, without internals. Pages say the same in the reader's language.</param>
[method: JsonConstructor]
public sealed record RoomError(RoomErrorKind Kind, string Message)
{
    /// <summary>An error whose sentence has placeholders: what an interpolated string makes.</summary>
    public RoomError(RoomErrorKind kind, ErrorSentence sentence)
        : this(kind, sentence.ToString()) => (Pattern, Arguments) = (sentence.Pattern, sentence.Arguments);

    /// <summary>The sentence with its placeholders, by which it is found in other languages.</summary>
    public string Pattern { get; init; } = Message;

    /// <summary>What the placeholders stand for.</summary>
    [JsonConverter(typeof(ErrorArgumentsConverter))]
    public ImmutableArray<object?> Arguments { get; init; } = [];

    /// <summary>How long to wait before it can be tried again; null if waiting alone does not help.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Whether it says the same.</summary>
    public bool Equals(RoomError? other) => other is not null && (Kind, Message, RetryAfter) == (other.Kind, other.Message, other.RetryAfter);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Kind, Message, RetryAfter);
}

/// <summary>The result of a command: a value or an error.</summary>
/// <typeparam name="T">The value's type.</typeparam>
public readonly record struct Result<T>
{
    private readonly T? _value;

    private Result(T? value, RoomError? error)
    {
        _value = value;
        Error = error;
    }

    /// <summary>The error, or null on success.</summary>
    public RoomError? Error { get; }

    /// <summary>The value.</summary>
    /// <exception cref="InvalidOperationException">There is an error.</exception>
    public T Value => Error is null ? _value! : throw new InvalidOperationException($"Refused: {Error.Message}");

    /// <summary>The same result with its value converted.</summary>
    public Result<TOther> Select<TOther>(Func<T, TOther> select) => Error is { } error ? error : select(_value!);

    /// <summary>A success.</summary>
    public static implicit operator Result<T>(T value) => new(value, null);

    /// <summary>An error.</summary>
    public static implicit operator Result<T>(RoomError error) => new(default, error);
}
