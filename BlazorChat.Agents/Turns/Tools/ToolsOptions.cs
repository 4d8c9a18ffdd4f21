using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace BlazorChat.Turns.Tools;

/// <summary>What this server asks of approvals, section <c>Tools</c>. A list has names of tools, or beginnings of names followed by <c>*</c>.</summary>
internal sealed class ToolsOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Tools";

    /// <summary>Tools whose every call needs an approval. Nobody can allow them for a whole room.</summary>
    public IList<string> AlwaysAsk { get; set; } = [];

    /// <summary>Tools whose every call needs the approval of two people.</summary>
    public IList<string> TwoPeople { get; set; } = [];
}

/// <summary>Checks the section <c>Tools</c>: a pattern that can match nothing would protect nothing.</summary>
internal sealed partial class ToolsOptionsValidator : IValidateOptions<ToolsOptions>
{
    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, ToolsOptions options)
    {
        List<string> errors = [.. Check(nameof(options.AlwaysAsk), options.AlwaysAsk), .. Check(nameof(options.TwoPeople), options.TwoPeople)];
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static IEnumerable<string> Check(string list, IList<string> patterns) => patterns.Index().Where(p => !Pattern().IsMatch(p.Item))
        .Select(p => $"{ToolsOptions.Section}:{list}:{p.Index} must be the name of a tool (1 to 64 letters, digits, hyphens and underscores), or the beginning of names followed by *; it is '{p.Item}'.");

    [GeneratedRegex(@"^([A-Za-z0-9_\-]{1,64}|[A-Za-z0-9_\-]{0,63}\*)\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Pattern();
}

/// <summary>The settings, as rooms and turns ask for them.</summary>
internal sealed class ToolPolicy(IOptions<ToolsOptions> options) : IToolPolicy
{
    private readonly string[] _alwaysAsk = [.. options.Value.AlwaysAsk];
    private readonly string[] _twoPeople = [.. options.Value.TwoPeople];

    /// <summary>Rules by which each call of the listed tools needs an approval, whatever the tools themselves say.</summary>
    public IEnumerable<ToolRule> Rules => _alwaysAsk.Concat(_twoPeople).Select(pattern => new ToolRule(pattern, ChatTool.Always));

    /// <inheritdoc />
    public bool AlwaysAsks(string toolName) => Array.Exists(_alwaysAsk, pattern => ToolRule.Matches(pattern, toolName)) || NeedsTwoPeople(toolName);

    /// <inheritdoc />
    public bool NeedsTwoPeople(string toolName) => Array.Exists(_twoPeople, pattern => ToolRule.Matches(pattern, toolName));
}
