namespace BlazorChat.Rooms;

/// <summary>Why a command or subscription was refused.</summary>
public enum RoomErrorKind
{
    /// <summary>The input breaks a rule (length, characters, empty).</summary>
    Invalid,

    /// <summary>The room or message does not exist, or not any more.</summary>
    NotFound,

    /// <summary>The person may not do this.</summary>
    Forbidden,

    /// <summary>It cannot be done in the present state (a name taken, a response that has not failed).</summary>
    Conflict,

    /// <summary>A limit is reached.</summary>
    Limit,

    /// <summary>It could not be stored; trying again can help.</summary>
    Unavailable,
}

/// <summary>A clear no.</summary>
/// <param name="Kind">What kind of no.</param>
/// <param name="Message">One sentence for whoever wanted it, without internals.</param>
public sealed record RoomError(RoomErrorKind Kind, string Message);

/// <summary>What a command gives: a value or an error.</summary>
/// <typeparam name="T">The value's type.</typeparam>
public readonly record struct Result<T>
{
    private readonly T? _value;

    private Result(T? value, RoomError? error)
    {
        _value = value;
        Error = error;
    }

    /// <summary>The error, or null when it was done.</summary>
    public RoomError? Error { get; }

    /// <summary>The value.</summary>
    /// <exception cref="InvalidOperationException">It was refused.</exception>
    public T Value => Error is null ? _value! : throw new InvalidOperationException($"Refused: {Error.Message}");

    /// <summary>The same with another value made of this one's.</summary>
    public Result<TOther> Select<TOther>(Func<T, TOther> select) => Error is { } error ? error : select(_value!);

    /// <summary>It was done.</summary>
    public static implicit operator Result<T>(T value) => new(value, null);

    /// <summary>It was refused.</summary>
    public static implicit operator Result<T>(RoomError error) => new(default, error);
}
