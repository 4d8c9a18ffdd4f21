using System.ComponentModel.DataAnnotations;

namespace BlazorChat.Assistants.Middleware.Redaction;

/// <summary>Settings of the middleware <c>redaction</c>.</summary>
internal sealed class RedactionOptions
{
    /// <summary>Names of <see cref="RedactionPatterns"/>. Default: all of them, unless there are custom patterns.</summary>
    [MaxLength(20)]
    public IList<string>? Patterns { get; set; }

    /// <summary>Custom patterns.</summary>
    [MaxLength(100)]
    public IList<CustomPatternOptions>? Custom { get; set; }

    /// <summary>Whether prompts are redacted.</summary>
    public bool Sent { get; set; } = true;

    /// <summary>Whether responses are redacted.</summary>
    public bool Streamed { get; set; } = true;

    /// <summary>The patterns as one program.</summary>
    /// <exception cref="FormatException">A pattern cannot be used; the validator reports which.</exception>
    public PatternProgram Compile()
    {
        var named = Patterns ?? (Custom is { Count: > 0 } ? [] : [.. RedactionPatterns.All.Keys]);
        return new PatternProgram([.. named.Select(name => RedactionPatterns.All[name]), .. (Custom ?? []).Select(custom => custom.Parse())]);
    }
}

/// <summary>A custom pattern of the middleware <c>redaction</c>.</summary>
internal sealed class CustomPatternOptions
{
    /// <summary>A regular expression; see <see cref="PatternParser"/>.</summary>
    public string? Pattern { get; set; }

    /// <summary>The replacement of each match, at most 100 characters.</summary>
    public string Replacement { get; set; } = "[redacted]";

    /// <summary>Whether case is ignored.</summary>
    public bool IgnoreCase { get; set; }

    /// <exception cref="FormatException">The pattern cannot be used.</exception>
    public RedactionPattern Parse() => new(PatternParser.Parse(Pattern ?? "", IgnoreCase), Replacement);
}
