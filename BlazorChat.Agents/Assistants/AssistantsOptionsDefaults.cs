using System.Globalization;
using System.Text;
using BlazorChat.Assistants.Providers.Anthropic;
using BlazorChat.Assistants.Providers.AzureOpenAI;
using BlazorChat.Assistants.Providers.Demo;
using BlazorChat.Assistants.Providers.Ollama;
using BlazorChat.Assistants.Providers.OpenAI;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace BlazorChat.Assistants;

/// <summary>
/// Fills in missing settings of the section <c>Assistants</c>, from well-known environment variables and otherwise from defaults:
/// <list type="bullet">
/// <item>If no assistant is configured, there is one with the id <c>assistant</c>.</item>
/// <item>If the first assistant names no provider, it gets OpenAI if <c>OPENAI_API_KEY</c> or <c>OPENAI_BASE_URL</c> is set, Anthropic if
/// <c>ANTHROPIC_API_KEY</c> is set, Azure OpenAI if all three of its variables are set, Ollama if <c>OLLAMA_MODEL</c> is set, and
/// otherwise the demo. A configured provider is kept.</item>
/// <item>If an assistant of one of these providers has no endpoint, key or model, it takes them from the environment
/// (<c>…_BASE_URL</c>, <c>…_API_KEY</c>, <c>…_MODEL</c>). Azure OpenAI uses <c>AZURE_OPENAI_ENDPOINT</c>, <c>AZURE_OPENAI_API_KEY</c> and
/// <c>AZURE_OPENAI_MODEL</c> (a deployment); Ollama uses <c>OLLAMA_HOST</c>, <c>OLLAMA_API_KEY</c> and <c>OLLAMA_MODEL</c>. An assistant
/// with its own endpoint gets no key from the environment, because that key belongs to another server.</item>
/// </list>
/// </summary>
/// <param name="configuration">The whole configuration, with environment variables at its root.</param>
/// <param name="providers">The registered providers.</param>
internal sealed class AssistantsOptionsDefaults(IConfiguration configuration, IEnumerable<IChatClientProvider> providers)
    : IPostConfigureOptions<AssistantsOptions>
{
    private const string Azure = "AZURE_OPENAI";
    private const string Ollama = "OLLAMA";

    /// <inheritdoc/>
    public void PostConfigure(string? name, AssistantsOptions options)
    {
        if (options.Items.Count == 0)
        {
            options.Items.Add(new AssistantOptions { Id = "assistant" });
        }

        options.Items[0].Provider = Text(options.Items[0].Provider) ?? FromEnvironment();
        foreach (var item in options.Items)
        {
            Complete(item);
            item.DemoTokensPerSecond ??= options.DemoTokensPerSecond;
        }
    }

    private string FromEnvironment() =>
        Variable("OPENAI", "API_KEY") is not null || Variable("OPENAI", "BASE_URL") is not null ? OpenAIChatClientProvider.ProviderName
        : Variable("ANTHROPIC", "API_KEY") is not null ? AnthropicChatClientProvider.ProviderName
        // Many machines in Azure have a resource's address for other purposes.
        : Variable(Azure, "ENDPOINT") is not null && Variable(Azure, "API_KEY") is not null && Variable(Azure, "MODEL") is not null ? AzureOpenAIChatClientProvider.ProviderName
        : Variable(Ollama, "MODEL") is not null ? OllamaChatClientProvider.ProviderName
        : DemoChatClientProvider.ProviderName;

    private void Complete(AssistantOptions item)
    {
        // The name as the provider spells it. The validator reports an unknown name.
        var name = Text(item.Provider) ?? DemoChatClientProvider.ProviderName;
        var provider = providers.LastOrDefault(candidate => string.Equals(candidate.Name, name, StringComparison.OrdinalIgnoreCase));
        item.Provider = provider?.Name ?? name;
        item.Endpoint = Text(item.Endpoint);
        item.ApiKey = Text(item.ApiKey);
        item.Model = Text(item.Model);

        var prefix = item.Provider switch
        {
            OpenAIChatClientProvider.ProviderName => "OPENAI",
            AnthropicChatClientProvider.ProviderName => "ANTHROPIC",
            OllamaChatClientProvider.ProviderName => Ollama,
            AzureOpenAIChatClientProvider.ProviderName => Azure,
            _ => null,
        };
        if (prefix is not null && item.Endpoint is null)
        {
            item.Endpoint = item.ApiKey is null ? Address(prefix) : null;
            item.ApiKey ??= Variable(prefix, "API_KEY");
            item.Model ??= Variable(prefix, "MODEL");
        }

        if (item.Model is null && provider?.DefaultModel(item) is { } model)
        {
            item.Model = model;

            // People in a room wait for the first word. With chat completions, OpenAI's default model also calls tools only without
            // reasoning.
            item.ReasoningEffort ??= prefix is null ? null : ReasoningEffort.None;
        }

        item.Name = Text(item.Name) ?? (item.Provider == DemoChatClientProvider.ProviderName ? "Demo" : "Assistant");
        item.Id = Text(item.Id) ?? Slug(item.Name);
        item.Avatar = Text(item.Avatar) ?? (item.Provider == DemoChatClientProvider.ProviderName ? "✦" : Initial(item.Name));
    }

    private string? Address(string prefix) => prefix switch
    {
        Azure => Variable(prefix, "ENDPOINT"),
        Ollama => Variable(prefix, "HOST") is { } host ? OllamaChatClientProvider.FromHost(host) : null,
        _ => Variable(prefix, "BASE_URL"),
    };

    private string? Variable(string prefix, string name) => Text(configuration[$"{prefix}_{name}"]);

    private static string? Text(string? value) => string.IsNullOrWhiteSpace(value) ? null : value.Trim();

    private static string Initial(string name) => StringInfo.GetNextTextElement(name).ToUpperInvariant();

    /// <summary>Letters and digits in lower case, everything else as single hyphens. Empty if nothing is left, which the validator reports.</summary>
    private static string Slug(string name)
    {
        var slug = new StringBuilder();
        foreach (var character in name)
        {
            if (char.IsAsciiLetterOrDigit(character))
            {
                slug.Append(char.IsAsciiLetterUpper(character) ? (char)(character + ('a' - 'A')) : character);
            }
            else if (slug.Length > 0 && slug[^1] != '-')
            {
                slug.Append('-');
            }
        }

        return slug.ToString().TrimEnd('-');
    }
}
