using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants.Middleware.Redaction;

/// <summary>
/// Removes what looks like personal data or a secret from prompts, and from responses before anyone sees them. Patterns find only text
/// with a known form: they do not guarantee that nothing else gets through.
/// </summary>
internal sealed class RedactionMiddleware : IChatMiddleware
{
    public string Name => "redaction";

    public IEnumerable<string> Validate(IConfigurationSection settings) =>
        settings.GetSection(nameof(RedactionOptions.Custom)).GetChildren()
            .SelectMany(custom => MiddlewareSettings.Unknown(custom, typeof(CustomPatternOptions)))
            .Concat(MiddlewareSettings.Check<RedactionOptions>(settings, Problems));

    public IChatClient Wrap(IChatClient inner, ChatMiddlewareContext context) =>
        new RedactionChatClient(inner, MiddlewareSettings.Read<RedactionOptions>(context.Settings));

    private static IEnumerable<(string Setting, string Problem)> Problems(RedactionOptions options)
    {
        var problems = new List<(string Setting, string Problem)>();
        for (var i = 0; i < options.Patterns?.Count; i++)
        {
            if (!RedactionPatterns.All.ContainsKey(options.Patterns[i]))
            {
                problems.Add(($"{nameof(options.Patterns)}:{i}", $"must be one of {string.Join(", ", RedactionPatterns.All.Keys)}; it is '{options.Patterns[i]}'."));
            }
        }

        for (var i = 0; i < options.Custom?.Count; i++)
        {
            var key = $"{nameof(options.Custom)}:{i}";
            if (options.Custom[i].Replacement.Length > 100)
            {
                problems.Add(($"{key}:{nameof(CustomPatternOptions.Replacement)}", "must have at most 100 characters."));
            }

            try
            {
                _ = options.Custom[i].Parse();
            }
            catch (FormatException exception)
            {
                problems.Add(($"{key}:{nameof(CustomPatternOptions.Pattern)}", $"{exception.Message}."));
            }
        }

        if (problems.Count == 0)
        {
            try
            {
                _ = options.Compile();
            }
            catch (FormatException exception)
            {
                problems.Add((nameof(options.Custom), $"{exception.Message}."));
            }
        }

        return problems;
    }
}
