namespace BlazorChat.Assistants.Middleware.Redaction;

/// <summary>A regular expression as a tree.</summary>
internal abstract record PatternNode
{
    /// <summary>Whether it can match without a character.</summary>
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

    /// <summary>From <paramref name="Least"/> to <paramref name="Most"/> times, null for any number.</summary>
    public sealed record Repeat(PatternNode Part, int Least, int? Most) : PatternNode
    {
        public override bool CanBeEmpty => Least == 0 || Part.CanBeEmpty;
    }

    /// <summary>A condition on the characters before and behind a place.</summary>
    public sealed record Condition(PatternOp Op, CharClass? Class) : PatternNode
    {
        public override bool CanBeEmpty => true;
    }
}

/// <summary>What an instruction of a <see cref="PatternProgram"/> does.</summary>
internal enum PatternOp
{
    /// <summary>Goes on with a character of the class.</summary>
    One,

    /// <summary>Goes on at two places.</summary>
    Split,

    /// <summary>Goes on when no character of the class is before.</summary>
    NotBehind,

    /// <summary>Goes on when no character of the class comes next.</summary>
    NotAhead,

    /// <summary>Goes on between a word's character and another.</summary>
    Boundary,

    /// <summary>A pattern has matched up to here.</summary>
    Match,
}
