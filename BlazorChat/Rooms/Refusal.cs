namespace BlazorChat.Rooms;

/// <summary>Why a command or subscription was refused.</summary>
public enum RefusalKind
{
    /// <summary>The input breaks a rule (length, characters, empty).</summary>
    Invalid,

    /// <summary>The room or message does not exist, or not any more.</summary>
    NotFound,

    /// <summary>The person may not do this.</summary>
    Forbidden,

    /// <summary>It cannot be done in the present state (a name taken, an answer that has not failed).</summary>
    Conflict,

    /// <summary>A limit is reached.</summary>
    Limit,

    /// <summary>It could not be stored; trying again can help.</summary>
    Unavailable,
}

/// <summary>A clear no.</summary>
/// <param name="Kind">What kind of no.</param>
/// <param name="Sentence">One sentence for the person who asked, without internals.</param>
public sealed record Refusal(RefusalKind Kind, string Sentence);

/// <summary>What a command gives: a value or a refusal.</summary>
/// <typeparam name="T">The value's type.</typeparam>
public readonly record struct Result<T>
{
    private readonly T? _value;

    private Result(T? value, Refusal? refusal)
    {
        _value = value;
        Refusal = refusal;
    }

    /// <summary>The refusal, or null when it was done.</summary>
    public Refusal? Refusal { get; }

    /// <summary>The value.</summary>
    /// <exception cref="InvalidOperationException">It was refused.</exception>
    public T Value => Refusal is null ? _value! : throw new InvalidOperationException($"Refused: {Refusal.Sentence}");

    /// <summary>It was done.</summary>
    public static implicit operator Result<T>(T value) => new(value, null);

    /// <summary>It was refused.</summary>
    public static implicit operator Result<T>(Refusal refusal) => new(default, refusal);
}
