namespace BlazorChat.Assistants.Middleware.Redaction;

/// <summary>One instruction.</summary>
/// <param name="Op">What it does.</param>
/// <param name="Class">The characters that it tests.</param>
/// <param name="Next">The instruction to continue with; for a match, the number of the pattern.</param>
/// <param name="Other">The second instruction after a split.</param>
/// <param name="IsChecked">Whether matches of its pattern are checked, so that of two matches with the same end the later start may be the valid one.</param>
internal readonly record struct PatternStep(PatternOp Op, CharClass? Class, int Next, int Other, bool IsChecked = false);

/// <summary>
/// Several patterns as one state machine (Thompson's construction), which starts at <see cref="Entry"/>. .NET's regular expressions cannot
/// say whether the end of a text may still become a match, which is needed while a text is being written. This machine can, and its time
/// grows only with the text, whatever the pattern.
/// </summary>
internal sealed class PatternProgram
{
    private const int MaxSteps = 20_000;
    private readonly List<PatternStep> _steps = [];
    private bool _isChecked;

    /// <exception cref="FormatException">The patterns are too large; the message says so, as the end of a sentence.</exception>
    public PatternProgram(IReadOnlyList<RedactionPattern> patterns)
    {
        Patterns = patterns;
        var entry = -1;
        for (var i = patterns.Count - 1; i >= 0; i--)
        {
            _isChecked = patterns[i].IsValid is not null;
            var start = Emit(patterns[i].Root, Add(new PatternStep(PatternOp.Match, null, i, -1)));
            _isChecked = false;
            entry = entry < 0 ? start : Add(new PatternStep(PatternOp.Split, null, start, entry));
        }

        Entry = entry;
    }

    public IReadOnlyList<RedactionPattern> Patterns { get; }

    /// <summary>The first instruction; -1 if there are no patterns.</summary>
    public int Entry { get; }

    public IReadOnlyList<PatternStep> Steps => _steps;

    private int Add(PatternStep step)
    {
        if (_steps.Count == MaxSteps)
        {
            throw new FormatException($"makes redaction too large; its quantifiers multiply to more than {MaxSteps} steps");
        }

        _steps.Add(step with { IsChecked = _isChecked });
        return _steps.Count - 1;
    }

    /// <summary>Emits a node that continues at <paramref name="next"/>. Works backwards, so that this is known.</summary>
    private int Emit(PatternNode node, int next)
    {
        switch (node)
        {
            case PatternNode.One one:
                return Add(new PatternStep(PatternOp.One, one.Class, next, -1));
            case PatternNode.Condition condition:
                return Add(new PatternStep(condition.Op, condition.Class, next, -1));
            case PatternNode.Sequence sequence:
                return sequence.Parts.Reverse().Aggregate(next, (after, part) => Emit(part, after));
            case PatternNode.Choice choice:
                return choice.Options.Reverse().Select(option => Emit(option, next)).Aggregate((after, option) => Add(new PatternStep(PatternOp.Split, null, option, after)));
            case PatternNode.Repeat repeat:
                return Emit(repeat, next);
            default:
                throw new InvalidOperationException($"Cannot emit {node.GetType().Name}.");
        }
    }

    private int Emit(PatternNode.Repeat repeat, int next)
    {
        var start = next;
        if (repeat.Most is null)
        {
            // The target of the loop is known only after its body is emitted.
            start = Add(new PatternStep(PatternOp.Split, null, -1, next));
            _steps[start] = _steps[start] with { Next = Emit(repeat.Part, start) };
        }

        for (var i = repeat.Least; i < (repeat.Most ?? 0); i++)
        {
            start = Add(new PatternStep(PatternOp.Split, null, Emit(repeat.Part, start), next));
        }

        for (var i = 0; i < repeat.Least; i++)
        {
            start = Emit(repeat.Part, start);
        }

        return start;
    }
}
