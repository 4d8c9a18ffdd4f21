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

    /// <summary>How long disconnected pages can come back as they were.</summary>
    public CircuitRetention Circuits { get; init; } = new();

    /// <summary>How many pages can be open, and how fast they can be loaded.</summary>
    public PageLimits Pages { get; init; } = new();
}

/// <summary>Checks at startup that all scripts are files of this server and that the other settings are within their bounds.</summary>
internal sealed class WebOptionsValidator(IWebHostEnvironment environment) : IValidateOptions<WebOptions>
{
    private const int MostScripts = 20;

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
