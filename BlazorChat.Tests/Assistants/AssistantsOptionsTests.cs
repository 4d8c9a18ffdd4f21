using System.Text;
using BlazorChat.Assistants.Providers.Anthropic;
using BlazorChat.Assistants.Providers.OpenAI;
using BlazorChat.Assistants;
using BlazorChat.Tests.Support;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace BlazorChat.Tests.Assistants;

[Trait(nameof(Kind), Kind.Host)]
public sealed class AssistantsOptionsTests
{
    [Fact]
    public void With_nothing_configured_there_is_the_demo_assistant()
    {
        using var services = Build("{}");
        var directory = services.GetRequiredService<AssistantDirectory>();
        var assistant = Assert.Single(directory.All);
        Assert.Equal(("assistant", "Demo", "✦", "Demo"), (assistant.Id, assistant.Name, assistant.Avatar, assistant.Provider));
        Assert.True(assistant.IsDemo);
        Assert.Equal((4096, 16_000, 200_000), (assistant.MaxOutputTokens, assistant.PromptTokens, assistant.MaxResponseCharacters));
    }

    [Fact]
    public void The_settings_that_ship_with_the_application_are_valid()
    {
        var item = Assert.Single(Options(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "appsettings.json"))).Items);
        Assert.Equal(("Demo", 32), (item.Provider, item.DemoTokensPerSecond));
    }

    [Fact]
    public async Task The_demo_assistant_answers_out_of_the_box()
    {
        using var services = Build("""{ "Assistants": { "DemoTokensPerSecond": 1000000, "Items": [] } }""");
        var response = await services.GetRequiredService<AssistantDirectory>().Find("assistant")!.Client
            .GetResponseAsync([new ChatMessage(ChatRole.User, "Hello") { AuthorName = "Ada" }]);
        Assert.StartsWith("Hello Ada!", response.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "OPENAI_API_KEY": "sk-1" }""", "OpenAI", OpenAIChatClientProvider.DefaultModelId, null, "sk-1")]
    [InlineData("""{ "OPENAI_API_KEY": "sk-1", "ANTHROPIC_API_KEY": "sk-2" }""", "OpenAI", OpenAIChatClientProvider.DefaultModelId, null, "sk-1")]
    [InlineData("""{ "ANTHROPIC_API_KEY": "sk-2" }""", "Anthropic", AnthropicChatClientProvider.DefaultModelId, null, "sk-2")]
    [InlineData("""{ "ANTHROPIC_API_KEY": "sk-2", "ANTHROPIC_MODEL": "m", "ANTHROPIC_BASE_URL": "http://localhost:1" }""", "Anthropic", "m", "http://localhost:1", "sk-2")]
    [InlineData("""{ "OPENAI_BASE_URL": "http://localhost:11434/v1", "OPENAI_MODEL": "llama3.2" }""", "OpenAI", "llama3.2", "http://localhost:11434/v1", null)]
    [InlineData("""{ "AZURE_OPENAI_ENDPOINT": "https://ours.openai.azure.com", "AZURE_OPENAI_API_KEY": "k", "AZURE_OPENAI_MODEL": "our-gpt" }""", "AzureOpenAI", "our-gpt", "https://ours.openai.azure.com", "k")]
    [InlineData("""{ "AZURE_OPENAI_ENDPOINT": "https://ours.openai.azure.com", "AZURE_OPENAI_API_KEY": "k" }""", "Demo", "demo", null, null)]
    [InlineData("""{ "OLLAMA_MODEL": "llama3.2" }""", "Ollama", "llama3.2", null, null)]
    [InlineData("""{ "OLLAMA_MODEL": "qwen3:8b", "OLLAMA_HOST": "gpu:8080", "OLLAMA_API_KEY": "k" }""", "Ollama", "qwen3:8b", "http://gpu:8080", "k")]
    [InlineData("""{ "ANTHROPIC_API_KEY": "sk-2", "OLLAMA_MODEL": "llama3.2" }""", "Anthropic", AnthropicChatClientProvider.DefaultModelId, null, "sk-2")]
    [InlineData("""{ "OLLAMA_HOST": "0.0.0.0" }""", "Demo", "demo", null, null)]
    [InlineData("""{ "OPENAI_API_KEY": "  " }""", "Demo", "demo", null, null)]
    public void The_environment_decides_who_answers_by_default(string settings, string provider, string model, string? endpoint, string? key)
    {
        var item = Assert.Single(Options(settings).Items);
        Assert.Equal((provider, model, endpoint, key), (item.Provider, item.Model, item.Endpoint, item.ApiKey));
        Assert.Equal(model is "gpt-6-luna" or "claude-haiku-5-5" ? ReasoningEffort.None : null, item.ReasoningEffort);
        Assert.Equal("assistant", item.Id);
        Assert.Equal(provider == "Demo" ? "Demo" : "Assistant", item.Name);
    }

    [Fact]
    public void Azure_needs_an_endpoint_a_key_and_a_deployment()
    {
        var e = Assert.Throws<OptionsValidationException>(() => Options("""{ "Assistants": { "Items": [ { "Name": "A", "Provider": "azureopenai" } ] } }"""));
        Assert.All(["Endpoint", "ApiKey", "Model"], key => Assert.Contains($"Assistants:Items:0:{key} is required", e.Message, StringComparison.Ordinal));
        var item = Options("""
            { "AZURE_OPENAI_API_KEY": "other", "Assistants": { "Items": [
              { "Name": "A", "Provider": "azureopenai", "Endpoint": "https://ours.openai.azure.com", "ApiKey": "mine", "Model": "our-gpt" } ] } }
            """).Items[0];
        Assert.Equal(("AzureOpenAI", "our-gpt", "mine", null), (item.Provider, item.Model, item.ApiKey, item.ReasoningEffort));
    }

    [Fact]
    public void What_is_configured_is_stronger_than_the_environment()
    {
        var items = Options(
            """
            {
              "OPENAI_API_KEY": "sk-env", "OPENAI_MODEL": "env-model",
              "Assistants": { "Items": [
                { "Name": "Claude", "Provider": "anthropic", "ApiKey": "sk-mine" },
                { "Name": "Gpt", "Provider": "OpenAI" },
                { "Name": "Local", "Provider": "OpenAI", "Endpoint": "http://localhost:11434/v1", "Model": "llama3.2" },
                { "Name": "Show", "Provider": "Demo" } ] }
            }
            """).Items;
        Assert.Equal(("Anthropic", "sk-mine", AnthropicChatClientProvider.DefaultModelId), (items[0].Provider, items[0].ApiKey, items[0].Model));
        Assert.Equal(("OpenAI", "sk-env", "env-model"), (items[1].Provider, items[1].ApiKey, items[1].Model));

        // A key goes nowhere but to the servers that it was made for.
        Assert.Equal(("OpenAI", null, "llama3.2"), (items[2].Provider, items[2].ApiKey, items[2].Model));
        Assert.Equal(("Demo", null, "demo"), (items[3].Provider, items[3].ApiKey, items[3].Model));
    }

    [Theory]
    [InlineData("""{ "Name": "B", "MaxSteps": "abc" }""", "Assistants:Items:1:MaxSteps must be a whole number; it is 'abc'.")]
    [InlineData("""{ "Name": "B", "IdleTimeout": "soon" }""", "Assistants:Items:1:IdleTimeout must be a duration (hours:minutes:seconds); it is 'soon'.")]
    [InlineData("""{ "Name": "B", "Temperature": "warm" }""", "Assistants:Items:1:Temperature must be a number; it is 'warm'.")]
    [InlineData("""{ "Name": "B", "Recovery": "Perhaps" }""", "Assistants:Items:1:Recovery must be one of Continue, Mark; it is 'Perhaps'.")]
    [InlineData("""{ "Name": "B", "Context": { "DropOldReasoning": "maybe" } }""", "Assistants:Items:1:Context:DropOldReasoning must be true or false; it is 'maybe'.")]
    [InlineData("""{ "Name": "B", "Prices": { "Input": "cheap", "Output": 1 } }""", "Assistants:Items:1:Prices:Input must be a number; it is 'cheap'.")]
    [InlineData("""{ "Name": "B", "Tool": [ "roll_dice" ] }""", "Assistants:Items:1:Tool is not a setting of an assistant; the settings are")]
    public void What_cannot_be_read_is_refused_with_its_key_and_never_left_out(string item, string error)
    {
        var exception = Assert.Throws<OptionsValidationException>(() => Options($$"""{ "Assistants": { "Items": [ { "Name": "A" }, {{item}} ] } }"""));
        Assert.StartsWith(error, Assert.Single(exception.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public void An_assistant_without_a_provider_is_a_demo_also_when_it_is_not_the_first()
    {
        var items = Options("""{ "OPENAI_API_KEY": "sk-1", "Assistants": { "Items": [ { "Name": "A" }, { "Name": "B" } ] } }""").Items;
        Assert.Equal(("OpenAI", "Demo", "demo"), (items[0].Provider, items[1].Provider, items[1].Model));
    }

    [Fact]
    public void The_pace_of_the_demo_assistant_must_be_a_number()
    {
        var exception = Assert.Throws<OptionsValidationException>(() => Options("""{ "Assistants": { "DemoTokensPerSecond": "fast" } }"""));
        Assert.Equal("Assistants:DemoTokensPerSecond must be a whole number; it is 'fast'.", Assert.Single(exception.Failures));
    }

    [Fact]
    public void A_secret_in_the_wrong_place_is_not_told()
    {
        var exception = Assert.Throws<OptionsValidationException>(() => Options("""{ "Assistants": { "Items": [ { "Name": "A", "ApiKey": { "x": "sk-secret-1" } } ] } }"""));
        Assert.DoesNotContain("sk-secret-1", exception.ToString(), StringComparison.Ordinal);
        Assert.Contains("Assistants:Items:0:ApiKey", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_of_one_s_own_is_not_sent_to_the_environment_s_server()
    {
        var item = Options("""{ "OPENAI_BASE_URL": "http://proxy.example/v1", "Assistants": { "Items": [ { "Name": "Gpt", "Provider": "OpenAI", "ApiKey": "sk-mine" } ] } }""").Items[0];
        Assert.Null(item.Endpoint);
    }

    [Theory]
    [InlineData("Ada Lovelace", "ada-lovelace", "A")]
    [InlineData("  R2-D2!  ", "r2-d2", "R")]
    [InlineData("👩‍🚀 Sally", "sally", "👩‍🚀")]
    public void Ids_and_avatars_are_derived_from_names(string name, string id, string avatar)
    {
        var item = Options($$"""{ "Assistants": { "Items": [ { "Name": "{{name}}", "Provider": "OpenAI", "ApiKey": "k" } ] } }""").Items[0];
        Assert.Equal((id, avatar), (item.Id, item.Avatar));
    }

    [Fact]
    public void Every_error_is_reported_at_once_with_its_whole_key_and_without_secrets()
    {
        var error = Assert.Throws<OptionsValidationException>(() => Options(
            """
            {
              "Assistants": {
                "DemoTokensPerSecond": 0,
                "Items": [
                  { "Id": "Not A Slug", "Name": "", "Avatar": "AB", "Provider": "Demo", "Temperature": 3, "MaxOutputTokens": 0 },
                  { "Name": "Ada", "Provider": "OpenAI" },
                  { "Name": "ADA", "Provider": "OpenAI", "Endpoint": "localhost:11434", "ApiKey": "sk-secret key" },
                  { "Name": "Grace", "Provider": "Skynet", "PromptTokens": 1, "ContextTokens": 1, "MaxResponseCharacters": 1, "ReasoningEffort": 99 },
                  { "Name": "张伟", "Provider": "Anthropic", "ApiKey": "k", "IdleTimeout": "00:02:00", "TotalTimeout": "00:01:00", "RetryAttempts": 11 }
                ]
              }
            }
            """));
        string[] keys =
        [
            "Assistants:DemoTokensPerSecond", "Assistants:Items:0:Id", "Assistants:Items:0:Avatar", "Assistants:Items:0:Temperature",
            "Assistants:Items:0:MaxOutputTokens", "Assistants:Items:0:DemoTokensPerSecond", "Assistants:Items:1:ApiKey",
            "Assistants:Items:2:Endpoint", "Assistants:Items:2:Model", "Assistants:Items:2:ApiKey", "Assistants:Items:2:Id",
            "Assistants:Items:2:Name", "Assistants:Items:3:Provider", "Assistants:Items:3:ReasoningEffort", "Assistants:Items:3:PromptTokens", "Assistants:Items:3:ContextTokens",
            "Assistants:Items:3:MaxResponseCharacters", "Assistants:Items:4:Id", "Assistants:Items:4:TotalTimeout", "Assistants:Items:4:RetryAttempts",
        ];
        foreach (var key in keys)
        {
            Assert.Contains(error.Failures, failure => failure.StartsWith(key + " ", StringComparison.Ordinal));
        }

        Assert.DoesNotContain("sk-secret", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_configuration_stops_the_application_at_start()
    {
        var builder = Microsoft.AspNetCore.Builder.WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection([new("Assistants:Items:0:Provider", "Skynet"), new("urls", "http://127.0.0.1:0")]);
        builder.Logging.ClearProviders();
        builder.Services.AddAssistants(builder.Configuration);
        await using var app = builder.Build();
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => app.StartAsync().Soon());
        Assert.Contains("Assistants:Items:0:Provider", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Assistants_are_found_by_id_and_keep_their_order()
    {
        using var services = Build("""{ "Assistants": { "Items": [ { "Name": "Ada", "Provider": "Demo" }, { "Name": "Grace", "Provider": "Demo" } ] } }""");
        var directory = services.GetRequiredService<AssistantDirectory>();
        Assert.Equal("Grace", directory.Find("grace")?.Name);
        Assert.Null(directory.Find("Grace"));
        Assert.Equal(["ada", "grace"], directory.All.Select(assistant => assistant.Id));
        Assert.Same(directory.Find("ada")!.Client, directory.Find("ada")!.Client);
        Assert.Null(directory.Find("alan"));

        // Each has one kernel, and with it a model, of its own.
        Assert.Same(directory.Find("ada")!.Kernel, directory.Find("ada")!.Kernel);
        Assert.NotSame(directory.Find("ada")!.Kernel, directory.Find("grace")!.Kernel);
        Assert.NotSame(directory.Find("ada")!.Client, directory.Find("grace")!.Client);
        Assert.Same(directory.Find("ada")!.Client, directory.Find("ada")!.Kernel.GetRequiredService<IChatClient>());
    }

    [Fact]
    public async Task Other_providers_can_be_added()
    {
        using var model = new FakeChatClient();
        model.NextResponse(new ChatResponseUpdate(ChatRole.Assistant, "Mine") { FinishReason = ChatFinishReason.Stop });
        using var services = Build(
            """{ "Assistants": { "Items": [ { "Name": "Ada", "Provider": "mine", "MaxOutputTokens": 77, "Temperature": 0.5 } ] } }""",
            collection => collection.AddSingleton<IChatClientProvider>(new OwnProvider(model)));
        var response = await services.GetRequiredService<AssistantDirectory>().Find("ada")!.Client.GetResponseAsync("Hello");
        Assert.Equal("Mine", response.Text);
        Assert.Equal((77, 0.5f), (model.Options[0]?.MaxOutputTokens, model.Options[0]?.Temperature));
    }

    [Theory]
    [InlineData(""" "Provider": "Demo", "Protocol": "Chat" """, "Assistants:Items:0:Protocol ")]
    [InlineData(""" "Provider": "OpenAI", "ApiKey": "k", "Protocol": 7 """, "Assistants:Items:0:Protocol ")]
    [InlineData(""" "Provider": "OpenAI", "ApiKey": "k", "Protocol": "Chat", "Store": true """, "Assistants:Items:0:Store ")]
    [InlineData(""" "Provider": "Anthropic", "ApiKey": "k", "Store": false """, "Assistants:Items:0:Store ")]
    public void A_protocol_belongs_to_its_provider(string settings, string key)
    {
        var error = Assert.Throws<OptionsValidationException>(() => Options($$"""{ "Assistants": { "Items": [ { "Name": "Ada", {{settings}} } ] } }"""));
        Assert.StartsWith(key, Assert.Single(error.Failures), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("OpenAI", "FrequencyPenalty, PresencePenalty, Seed, StopSequences, TopK")]
    [InlineData("OpenAI", "TopK", "Chat")]
    [InlineData("OpenAI", "TopK", null, "http://llama.example/v1")]
    [InlineData("OpenAI", "FrequencyPenalty, PresencePenalty, Seed, StopSequences, TopK", "Responses", "http://llama.example/v1")]
    [InlineData("Anthropic", "FrequencyPenalty, PresencePenalty, Seed, TopK, TopP, Assistants:Items:0:Temperature")]
    [InlineData("AzureOpenAI", "TopK")]
    [InlineData("Demo", "")]
    public void A_setting_that_is_not_sent_is_named_at_start(string provider, string expected, string? protocol = null, string? endpoint = null)
    {
        using var logs = new LogCapture();
        endpoint ??= provider == "AzureOpenAI" ? "https://ada.example" : null;
        var where = (endpoint is null ? "" : $""" "Endpoint": "{endpoint}", "Model": "model", """) + (protocol is null ? "" : $""" "Protocol": "{protocol}", """);
        using var services = Build(
            $$"""{ "Assistants": { "Items": [ { "Name": "Ada", "Provider": "{{provider}}",{{where}} "ApiKey": "k", "Temperature": 0.5, "Middleware": [ { "Name": "Defaults", "Seed": 7, "TopK": 3, "TopP": 0.9, "FrequencyPenalty": 0.1, "PresencePenalty": 0.1, "StopSequences": [ "x" ] } ] } ] } }""",
            collection => collection.AddLogging(logging => logging.AddProvider(logs)));
        services.GetRequiredService<AssistantDirectory>();
        var warnings = logs.Lines.Where(line => line.Level == LogLevel.Warning).Select(line => line.Text[..line.Text.IndexOf(" is not sent", StringComparison.Ordinal)]);
        Assert.Equal(expected, string.Join(", ", warnings.Order(StringComparer.Ordinal)).Replace("Assistants:Items:0:Middleware:0:", "", StringComparison.Ordinal));
    }

    private static AssistantsOptions Options(string settings)
    {
        using var services = Build(settings);
        return services.GetRequiredService<IOptions<AssistantsOptions>>().Value;
    }

    private static ServiceProvider Build(string settings, Action<IServiceCollection>? configure = null)
    {
        using var json = new MemoryStream(Encoding.UTF8.GetBytes(settings));
        var configuration = new ConfigurationBuilder().AddJsonStream(json).Build();
        var services = new ServiceCollection().AddLogging();
        configure?.Invoke(services);
        return services.AddAssistants(configuration).BuildServiceProvider(validateScopes: true);
    }

    private sealed class OwnProvider(IChatClient client) : IChatClientProvider
    {
        public string Name => "Mine";

        public string? DefaultModel(AssistantOptions options) => "mine-1";

        public IChatClient Create(AssistantOptions options) => client;
    }
}
