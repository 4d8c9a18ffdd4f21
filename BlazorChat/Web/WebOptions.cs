using BlazorChat.Rooms;
using Microsoft.Extensions.Options;

namespace BlazorChat.Web;

/// <summary>Settings of the pages, section <c>Web</c>.</summary>
public sealed class WebOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Web";

    /// <summary>
    /// Paths of modules in <c>wwwroot</c> that every page loads, for example <c>/js/our-tools.js</c>. They can register tools that run in
    /// the asker's browser. At most 20.
    /// </summary>
    public IList<string> Scripts { get; init; } = [];

    /// <summary>The server's name, in titles, beside its logo, and in mails. 1 to 60 characters.</summary>
    public string Name { get; init; } = "BlazorChat";

    /// <summary>The file of its logo: a path in <c>wwwroot</c> such as <c>/our-logo.svg</c>, or a path on the server's computer. SVG, PNG, WebP or JPEG. Null for the application's own.</summary>
    public string? Logo { get; init; }

    /// <summary>The color of its accent, as three or six hexadecimal digits (<c>#0f766e</c>). Null for the application's own.</summary>
    public string? Accent { get; init; }

    /// <summary>How long disconnected pages can come back as they were.</summary>
    public CircuitRetention Circuits { get; init; } = new();

    /// <summary>How many pages can be open, and how fast they can be loaded.</summary>
    public PageLimits Pages { get; init; } = new();
}

/// <summary>Checks at startup that all scripts are files of this server and that the other settings are within their bounds.</summary>
internal sealed class WebOptionsValidator(IWebHostEnvironment environment) : IValidateOptions<WebOptions>
{
    private const int MostScripts = 20;

    private const int LongestName = 60;

    public ValidateOptionsResult Validate(string? name, WebOptions options)
    {
        var failures = options.Scripts.Count > MostScripts ? [$"{WebOptions.Section}:{nameof(WebOptions.Scripts)} has more than {MostScripts} entries."] : new List<string>();
        for (var i = 0; i < options.Scripts.Count; i++)
        {
            if (Check(options.Scripts[i]) is { } problem)
            {
                failures.Add($"{WebOptions.Section}:{nameof(WebOptions.Scripts)}:{i} {problem}");
            }
        }

        if (options.Name.Trim() != options.Name || options.Name.Length is 0 or > LongestName || options.Name.Any(char.IsControl))
        {
            failures.Add($"{WebOptions.Section}:{nameof(WebOptions.Name)} must be 1 to {LongestName} characters on one line, without spaces around them.");
        }

        if (options.Logo is { } logo && ServerLogo.Check(logo, environment) is { } wrong)
        {
            failures.Add($"{WebOptions.Section}:{nameof(WebOptions.Logo)} {wrong}");
        }

        if (options.Accent is { } accent && AccentColor.Find(accent) is null)
        {
            failures.Add($"{WebOptions.Section}:{nameof(WebOptions.Accent)} must be a color such as #0f766e: three or six hexadecimal digits.");
        }

        failures.AddRange(options.Circuits.Problems($"{WebOptions.Section}:{nameof(WebOptions.Circuits)}"));
        failures.AddRange(options.Pages.Problems($"{WebOptions.Section}:{nameof(WebOptions.Pages)}"));
        return failures.Count > 0 ? ValidateOptionsResult.Fail(failures) : ValidateOptionsResult.Success;
    }

    private string? Check(string path) =>
        // Only a path on this server: no scheme, no other host, no "..", no character that a browser reads differently.
        path.Length < 2 || path[0] != '/' || path[1] == '/' || !path.EndsWith(".js", StringComparison.Ordinal)
        || path.Contains("..", StringComparison.Ordinal) || path.Any(c => !char.IsAsciiLetterOrDigit(c) && !"/-_.".Contains(c, StringComparison.Ordinal))
            ? "must be a path in wwwroot such as /js/our-tools.js: letters, digits, hyphens, underscores and dots, ending in .js."
        : !environment.WebRootFileProvider.GetFileInfo(path).Exists ? "names a file that is not in wwwroot."
        : null;
}
