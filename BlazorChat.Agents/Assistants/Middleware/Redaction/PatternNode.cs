namespace BlazorChat.Assistants.Middleware.Redaction;

/// <summary>A regular expression as a tree.</summary>
internal abstract record PatternNode
{
    /// <summary>Whether it can match the empty string.</summary>
    public abstract bool CanBeEmpty { get; }

    public sealed record One(CharClass Class) : PatternNode
    {
        public override bool CanBeEmpty => false;
    }

    public sealed record Sequence(IReadOnlyList<PatternNode> Parts) : PatternNode
    {
        public override bool CanBeEmpty => Parts.All(part => part.CanBeEmpty);
    }

    public sealed record Choice(IReadOnlyList<PatternNode> Options) : PatternNode
    {
        public override bool CanBeEmpty => Options.Any(option => option.CanBeEmpty);
    }

    /// <summary>A repetition from <paramref name="Least"/> to <paramref name="Most"/> times; null for no upper limit.</summary>
    public sealed record Repeat(PatternNode Part, int Least, int? Most) : PatternNode
    {
        public override bool CanBeEmpty => Least == 0 || Part.CanBeEmpty;
    }

    /// <summary>A condition on the characters before and after a position.</summary>
    public sealed record Condition(PatternOp Op, CharClass? Class) : PatternNode
    {
        public override bool CanBeEmpty => true;
    }
}

/// <summary>What an instruction of a <see cref="PatternProgram"/> does.</summary>
internal enum PatternOp
{
    /// <summary>Consumes a character of the class.</summary>
    One,

    /// <summary>Continues at two places.</summary>
    Split,

    /// <summary>Continues if the previous character is not in the class.</summary>
    NotBehind,

    /// <summary>Continues if the next character is not in the class.</summary>
    NotAhead,

    /// <summary>Continues at the boundary of a word.</summary>
    Boundary,

    /// <summary>A pattern matches up to here.</summary>
    Match,
}
