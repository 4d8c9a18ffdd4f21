using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace BlazorChat.Assistants.Mcp;

/// <summary>Checks the section <c>Mcp</c>. It reports all errors at once, each with its full configuration key, none with a secret.</summary>
internal sealed partial class McpOptionsValidator : IValidateOptions<McpOptions>
{
    /// <summary>The most servers.</summary>
    public const int MaxServers = 20;

    internal static readonly string[] Transports = ["auto", "streamable-http", "sse"];

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, McpOptions options)
    {
        var errors = new List<string>();
        if (options.Servers.Count > MaxServers)
        {
            errors.Add($"{McpOptions.SectionName}:{nameof(options.Servers)} has {options.Servers.Count} servers; at most {MaxServers} are allowed.");
        }

        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < options.Servers.Count; i++)
        {
            var key = $"{McpOptions.SectionName}:{nameof(options.Servers)}:{i}";
            var server = options.Servers[i];
            if (server.Name is null || !ServerName().IsMatch(server.Name))
            {
                errors.Add($"{key}:{nameof(server.Name)} must be 1 to 20 lower-case letters, digits and hyphens, and begin with a letter or digit; it is '{server.Name}'.");
            }
            else if (!names.TryAdd(server.Name, $"{key}:{nameof(server.Name)}"))
            {
                errors.Add($"{key}:{nameof(server.Name)} is '{server.Name}', which {names[server.Name]} already uses.");
            }

            HowToReachIt(errors, key, server);
            Limits(errors, key, server);
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static void HowToReachIt(List<string> errors, string key, McpServerOptions server)
    {
        var isProgram = !string.IsNullOrWhiteSpace(server.Command);
        if (isProgram != string.IsNullOrWhiteSpace(server.Url))
        {
            errors.Add($"{key} must have either {nameof(server.Command)} or {nameof(server.Url)}.");
            return;
        }

        if (isProgram)
        {
            Program(errors, key, server);
        }
        else
        {
            Address(errors, key, server);
        }
    }

    private static void Program(List<string> errors, string key, McpServerOptions server)
    {
        if (server.Headers.Count > 0)
        {
            errors.Add($"{key}:{nameof(server.Headers)} are for a server with {nameof(server.Url)}; for a program, use {nameof(server.Environment)}.");
        }

        foreach (var variable in server.Environment.Keys.Where(variable => variable.Length == 0 || variable.Contains('=', StringComparison.Ordinal) || variable.Contains('\0', StringComparison.Ordinal)))
        {
            errors.Add($"{key}:{nameof(server.Environment)}:{variable} is not a valid name of an environment variable.");
        }

        if (server.WorkingDirectory is { } folder && !Directory.Exists(folder))
        {
            errors.Add($"{key}:{nameof(server.WorkingDirectory)} is '{folder}', which is not a folder.");
        }
    }

    private static void Address(List<string> errors, string key, McpServerOptions server)
    {
        if (!Uri.TryCreate(server.Url, UriKind.Absolute, out var url)
            || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps)
            || url.UserInfo.Length > 0
            || url.Fragment.Length > 0)
        {
            errors.Add($"{key}:{nameof(server.Url)} must be an absolute http or https address without a user name or fragment.");
        }

        if (server.Arguments.Count > 0 || server.Environment.Count > 0 || server.WorkingDirectory is not null)
        {
            errors.Add($"{key} has a {nameof(server.Url)}: {nameof(server.Arguments)}, {nameof(server.Environment)} and {nameof(server.WorkingDirectory)} are for a server with {nameof(server.Command)}.");
        }

        using var probe = new HttpRequestMessage();
        foreach (var (header, value) in server.Headers)
        {
            if (!IsHeader(probe.Headers, header, value))
            {
                errors.Add($"{key}:{nameof(server.Headers)}:{header} is not a valid request header, or its value contains characters that are not allowed.");
            }
        }
    }

    private static bool IsHeader(HttpRequestHeaders headers, string header, string value) =>
        !value.Any(char.IsControl) && headers.TryAddWithoutValidation(header, value);

    private static void Limits(List<string> errors, string key, McpServerOptions server)
    {
        if (!Transports.Contains(server.Transport, StringComparer.OrdinalIgnoreCase))
        {
            errors.Add($"{key}:{nameof(server.Transport)} must be one of {string.Join(", ", Transports)}; it is '{server.Transport}'.");
        }

        if (!Enum.IsDefined(server.Approval))
        {
            errors.Add($"{key}:{nameof(server.Approval)} must be one of {string.Join(", ", Enum.GetNames<McpApproval>())}; it is {server.Approval}.");
        }

        for (var i = 0; i < server.Tools.Count; i++)
        {
            if (string.IsNullOrWhiteSpace(server.Tools[i]) || server.Tools[i].IndexOf('*', StringComparison.Ordinal) is >= 0 and var star && star != server.Tools[i].Length - 1)
            {
                errors.Add($"{key}:{nameof(server.Tools)}:{i} must be a tool's name, which may have * as its last character; it is '{server.Tools[i]}'.");
            }
        }

        Range(errors, $"{key}:{nameof(server.CallTimeout)}", server.CallTimeout ?? TimeSpan.FromMinutes(1), TimeSpan.FromHours(24));
        Range(errors, $"{key}:{nameof(server.ConnectTimeout)}", server.ConnectTimeout, TimeSpan.FromMinutes(10));
    }

    private static void Range(List<string> errors, string key, TimeSpan value, TimeSpan most)
    {
        if (value < TimeSpan.FromSeconds(1) || value > most)
        {
            errors.Add($"{key} must be from {TimeSpan.FromSeconds(1)} to {most}; it is {value}.");
        }
    }

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,19}$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ServerName();
}
