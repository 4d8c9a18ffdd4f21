using System.ComponentModel.DataAnnotations;

namespace BlazorChat.Assistants.Middleware.Redaction;

/// <summary>Settings of the middleware <c>redaction</c>.</summary>
internal sealed class RedactionOptions
{
    /// <summary>Names of <see cref="RedactionPatterns"/>. Left out: all of them, unless there are custom ones.</summary>
    [MaxLength(20)]
    public IList<string>? Patterns { get; set; }

    /// <summary>Own patterns.</summary>
    [MaxLength(100)]
    public IList<CustomPatternOptions>? Custom { get; set; }

    /// <summary>Whether what is sent to the model is redacted.</summary>
    public bool Sent { get; set; } = true;

    /// <summary>Whether what the model answers is redacted.</summary>
    public bool Streamed { get; set; } = true;

    /// <summary>The patterns as one program.</summary>
    /// <exception cref="FormatException">One cannot be used; the validator finds which.</exception>
    public PatternProgram Compile()
    {
        var named = Patterns ?? (Custom is { Count: > 0 } ? [] : [.. RedactionPatterns.All.Keys]);
        return new PatternProgram([.. named.Select(name => RedactionPatterns.All[name]), .. (Custom ?? []).Select(custom => custom.Parse())]);
    }
}

/// <summary>An own pattern of the middleware <c>redaction</c>.</summary>
internal sealed class CustomPatternOptions
{
    /// <summary>A regular expression, see <see cref="PatternParser"/>.</summary>
    public string? Pattern { get; set; }

    /// <summary>What stands in the place of what it matches, at most 100 characters.</summary>
    public string Replacement { get; set; } = "[redacted]";

    /// <summary>Whether upper and lower case are the same.</summary>
    public bool IgnoreCase { get; set; }

    /// <exception cref="FormatException">It cannot be used.</exception>
    public RedactionPattern Parse() => new(PatternParser.Parse(Pattern ?? "", IgnoreCase), Replacement);
}
