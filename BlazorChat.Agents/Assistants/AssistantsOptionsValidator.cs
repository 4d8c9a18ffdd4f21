using System.Globalization;
using System.Text.RegularExpressions;
using BlazorChat.Assistants.Middleware;
using BlazorChat.Assistants.Providers.OpenAI;
using BlazorChat.Turns;
using BlazorChat.Turns.Kernels;
using BlazorChat.Rooms;
using BlazorChat.Turns.Prompts;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace BlazorChat.Assistants;

/// <summary>Checks the section <c>Assistants</c> after <see cref="AssistantsOptionsDefaults"/>. It reports all errors at once, each with its full configuration key, none with a secret.</summary>
/// <param name="providers">The registered providers.</param>
/// <param name="middleware">The registered middleware.</param>
internal sealed partial class AssistantsOptionsValidator(IEnumerable<IChatClientProvider> providers, IEnumerable<IChatMiddleware> middleware)
    : IValidateOptions<AssistantsOptions>
{
    /// <summary>The most assistants.</summary>
    public const int MaxItems = 50;

    /// <summary>The most middleware entries of one assistant.</summary>
    public const int MaxMiddleware = 20;

    private const int MaxTools = 200;

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, AssistantsOptions options)
    {
        var errors = new List<string>();
        Range(errors, $"{AssistantsOptions.SectionName}:{nameof(options.DemoTokensPerSecond)}", options.DemoTokensPerSecond, 1, 1_000_000);
        if (options.Items.Count > MaxItems)
        {
            errors.Add($"{AssistantsOptions.SectionName}:{nameof(options.Items)} has {options.Items.Count} assistants; at most {MaxItems} are allowed.");
        }

        var ids = new Dictionary<string, string>(StringComparer.Ordinal);
        var names = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < options.Items.Count; i++)
        {
            var key = $"{AssistantsOptions.SectionName}:{nameof(options.Items)}:{i}";
            var item = options.Items[i];
            WhoItIs(errors, key, item);
            WhoAnswers(errors, key, item);
            Protocol(errors, key, item);
            Limits(errors, key, item);
            Turns(errors, key, item, options);
            Around(errors, key, item);
            Unique(errors, $"{key}:{nameof(item.Id)}", item.Id, ids);
            Unique(errors, $"{key}:{nameof(item.Name)}", item.Name, names);
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static void WhoItIs(List<string> errors, string key, AssistantOptions item)
    {
        if (item.Id is null || !Id().IsMatch(item.Id))
        {
            errors.Add($"{key}:{nameof(item.Id)} must be 1 to 40 lower-case letters, digits and hyphens, and begin with a letter or digit; it is '{item.Id}'. If you leave it out, it is derived from the name.");
        }

        if (item.Name is not { Length: >= 1 and <= RoomLimits.PersonNameLength } || item.Name.Any(char.IsControl))
        {
            errors.Add($"{key}:{nameof(item.Name)} must be 1 to {RoomLimits.PersonNameLength} characters on one line.");
        }

        if (item.Avatar is null || new StringInfo(item.Avatar).LengthInTextElements != 1 || item.Avatar.Length > 32 || item.Avatar.Any(char.IsControl))
        {
            errors.Add($"{key}:{nameof(item.Avatar)} must be one letter or emoji.");
        }

        if (item.Instructions is { Length: > AssistantInstructions.MaxLength })
        {
            errors.Add($"{key}:{nameof(item.Instructions)} has {item.Instructions.Length} characters; at most 32,000 are allowed.");
        }

        if (!Enum.IsDefined(item.InstructionsFormat))
        {
            errors.Add($"{key}:{nameof(item.InstructionsFormat)} must be one of {string.Join(", ", Enum.GetNames<InstructionsFormat>())}; it is {item.InstructionsFormat}.");
        }
        else if (item is { InstructionsFormat: InstructionsFormat.Template, Instructions: { Length: > 0 } template })
        {
            try
            {
                InstructionsTemplate.Parse(template);
            }
            catch (FormatException e)
            {
                errors.Add(BadTemplate($"{key}:{nameof(item.Instructions)}", e.Message));
            }
        }
    }

    /// <summary>The configuration key of an assistant's instructions.</summary>
    internal static string InstructionsKey(int index) =>
        $"{AssistantsOptions.SectionName}:{nameof(AssistantsOptions.Items)}:{index}:{nameof(AssistantOptions.Instructions)}";

    /// <summary>The error for instructions that are not a valid template.</summary>
    internal static string BadTemplate(string key, string why) => $"{key} cannot be used as a template: {why}";

    private void WhoAnswers(List<string> errors, string key, AssistantOptions item)
    {
        if (item.Endpoint is not null && !IsEndpoint(item.Endpoint))
        {
            errors.Add($"{key}:{nameof(item.Endpoint)} must be an absolute http or https address without a user name, query or fragment.");
        }

        var provider = providers.LastOrDefault(candidate => string.Equals(candidate.Name, item.Provider, StringComparison.OrdinalIgnoreCase));
        if (provider is null)
        {
            var known = string.Join(", ", providers.Select(candidate => candidate.Name).Distinct(StringComparer.OrdinalIgnoreCase));
            errors.Add($"{key}:{nameof(item.Provider)} must be one of {known}; it is '{item.Provider}'.");
            return;
        }

        if (item.Model is not { Length: >= 1 and <= 200 })
        {
            errors.Add($"{key}:{nameof(item.Model)} is required (1 to 200 characters): {provider.Name}{(provider.DefaultModel(new AssistantOptions()) is null ? "" : " with a custom endpoint")} has no default model.");
        }

        if (item.Endpoint is null && provider.RequiresEndpoint)
        {
            errors.Add($"{key}:{nameof(item.Endpoint)} is required: {provider.Name} has no default endpoint.");
        }

        if (item.ApiKey is null && provider.RequiresApiKey(item))
        {
            errors.Add($"{key}:{nameof(item.ApiKey)} is required: {provider.Name}'s own servers require a key.");
        }

        if (item.ApiKey is not null && item.ApiKey.Any(character => character is <= ' ' or > '~'))
        {
            errors.Add($"{key}:{nameof(item.ApiKey)} contains characters that a key cannot have.");
        }
    }

    private static void Protocol(List<string> errors, string key, AssistantOptions item)
    {
        var isOpenAI = string.Equals(item.Provider, OpenAIChatClientProvider.ProviderName, StringComparison.OrdinalIgnoreCase);
        if (item.Protocol is { } protocol && (!isOpenAI || !Enum.IsDefined(protocol)))
        {
            errors.Add($"{key}:{nameof(item.Protocol)} is {protocol}; it must be one of {string.Join(", ", Enum.GetNames<OpenAIProtocol>())}, and only the provider {OpenAIChatClientProvider.ProviderName} supports it.");
        }

        if (item.Store is not null && (!isOpenAI || OpenAIChatClientProvider.Protocol(item) != OpenAIProtocol.Responses))
        {
            errors.Add($"{key}:{nameof(item.Store)} is a setting of the protocol {OpenAIProtocol.Responses} of the provider {OpenAIChatClientProvider.ProviderName}; this assistant uses another protocol.");
        }
    }

    private static void Limits(List<string> errors, string key, AssistantOptions item)
    {
        if (item.Temperature is { } temperature && !(temperature is >= 0 and <= 2))
        {
            errors.Add($"{key}:{nameof(item.Temperature)} must be from 0 to 2; it is {temperature}.");
        }

        if (item.ReasoningEffort is { } effort && !Enum.IsDefined(effort))
        {
            errors.Add($"{key}:{nameof(item.ReasoningEffort)} must be one of {string.Join(", ", Enum.GetNames<ReasoningEffort>())}; it is {effort}.");
        }

        Range(errors, $"{key}:{nameof(item.MaxOutputTokens)}", item.MaxOutputTokens, 1, 1_000_000);
        Range(errors, $"{key}:{nameof(item.PromptTokens)}", item.PromptTokens, 500, 10_000_000);
        Range(errors, $"{key}:{nameof(item.ContextTokens)}", item.ContextTokens ?? 500, 500, 20_000_000);
        Range(errors, $"{key}:{nameof(item.MaxResponseCharacters)}", item.MaxResponseCharacters, 100, 10_000_000);
        Range(errors, $"{key}:{nameof(item.DemoTokensPerSecond)}", item.DemoTokensPerSecond ?? 1, 1, 1_000_000);
        Range(errors, $"{key}:{nameof(item.RetryAttempts)}", item.RetryAttempts, 0, 10);
        Range(errors, $"{key}:{nameof(item.IdleTimeout)}", item.IdleTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1));
        Range(errors, $"{key}:{nameof(item.TotalTimeout)}", item.TotalTimeout, item.IdleTimeout, TimeSpan.FromHours(24));
    }

    private static void Turns(List<string> errors, string key, AssistantOptions item, AssistantsOptions all)
    {
        if (item.Tools is { Count: > MaxTools })
        {
            errors.Add($"{key}:{nameof(item.Tools)} has {item.Tools.Count} names; at most {MaxTools} are allowed.");
        }

        for (var i = 0; i < item.Tools?.Count; i++)
        {
            if (item.Tools[i] is null || !ToolName().IsMatch(item.Tools[i]))
            {
                errors.Add($"{key}:{nameof(item.Tools)}:{i} must be 1 to 64 letters, digits, hyphens and underscores, or the beginning of such names followed by *; it is '{item.Tools[i]}'.");
            }
        }

        for (var i = 0; i < item.Delegates.Count; i++)
        {
            if (item.Delegates[i] == item.Id || !all.Items.Any(other => other.Id == item.Delegates[i]))
            {
                errors.Add($"{key}:{nameof(item.Delegates)}:{i} must be the id of another assistant; it is '{item.Delegates[i]}'.");
            }
        }

        if (!Enum.IsDefined(item.Recovery))
        {
            errors.Add($"{key}:{nameof(item.Recovery)} must be one of {string.Join(", ", Enum.GetNames<RecoveryMode>())}; it is {item.Recovery}.");
        }

        Range(errors, $"{key}:{nameof(item.MaxSteps)}", item.MaxSteps, 1, 50);
        Range(errors, $"{key}:{nameof(item.MaxToolErrors)}", item.MaxToolErrors, 1, 50);
        Range(errors, $"{key}:{nameof(item.ToolTimeout)}", item.ToolTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1));
        Range(errors, $"{key}:{nameof(item.MaxRecoveries)}", item.MaxRecoveries, 0, 100);
        Range(errors, $"{key}:{nameof(item.RecoveryWindow)}", item.RecoveryWindow, TimeSpan.Zero, TimeSpan.FromDays(7));
        var context = $"{key}:{nameof(item.Context)}";
        Range(errors, $"{context}:{nameof(item.Context.KeepFirst)}", item.Context.KeepFirst, 0, 100);
        Range(errors, $"{context}:{nameof(item.Context.DropToolResultsAfter)}", item.Context.DropToolResultsAfter ?? 0, 0, 1_000_000);
        if (item.Prices is { } prices)
        {
            Price(errors, $"{key}:{nameof(item.Prices)}:{nameof(prices.Input)}", prices.Input);
            Price(errors, $"{key}:{nameof(item.Prices)}:{nameof(prices.Output)}", prices.Output);
            Price(errors, $"{key}:{nameof(item.Prices)}:{nameof(prices.CachedInput)}", prices.CachedInput ?? 0);
        }
    }

    private void Around(List<string> errors, string key, AssistantOptions item)
    {
        if (item.Middleware.Count > MaxMiddleware)
        {
            errors.Add($"{key}:{nameof(item.Middleware)} has {item.Middleware.Count} entries; at most {MaxMiddleware} are allowed.");
        }

        foreach (var settings in item.Middleware)
        {
            var name = settings[MiddlewareSettings.NameKey];
            var found = middleware.LastOrDefault(candidate => string.Equals(candidate.Name, name, StringComparison.OrdinalIgnoreCase));
            if (found is null)
            {
                var known = string.Join(", ", middleware.Select(candidate => candidate.Name).Distinct(StringComparer.OrdinalIgnoreCase));
                errors.Add($"{settings.Path}:{MiddlewareSettings.NameKey} must be one of {known}; it is '{name}'.");
            }
            else
            {
                errors.AddRange(found.Validate(settings));
            }
        }
    }

    private static void Price(List<string> errors, string key, decimal? price)
    {
        if (price is not (>= 0 and <= 1_000_000))
        {
            errors.Add($"{key} must be a price per million tokens from 0 to 1000000; it is {(price is null ? "left out" : price)}.");
        }
    }

    private static void Range<T>(List<string> errors, string key, T value, T least, T most)
        where T : IComparable<T>
    {
        if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
        {
            errors.Add($"{key} must be from {least} to {most}; it is {value}.");
        }
    }

    private static void Unique(List<string> errors, string key, string? value, Dictionary<string, string> seen)
    {
        if (value is not null && !seen.TryAdd(value, key))
        {
            errors.Add($"{key} is '{value}', which {seen[value]} already uses.");
        }
    }

    private static bool IsEndpoint(string endpoint) =>
        Uri.TryCreate(endpoint, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
        && uri.UserInfo.Length == 0
        && uri.Query.Length == 0
        && uri.Fragment.Length == 0;

    [GeneratedRegex("^[a-z0-9][a-z0-9-]{0,39}$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Id();

    [GeneratedRegex(@"^(?:[A-Za-z0-9_-]{1,64}|[A-Za-z0-9_-]{0,63}\*)$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ToolName();
}
