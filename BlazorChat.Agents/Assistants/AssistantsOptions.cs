namespace BlazorChat.Assistants;

/// <summary>
/// The configuration section <c>Assistants</c>:
/// <code>
/// "Assistants": {
///   "Items": [
///     { "Name": "Ada", "Provider": "OpenAI", "Model": "gpt-6-luna", "Instructions": "…" },
///     { "Name": "Local", "Provider": "OpenAI", "Endpoint": "http://localhost:11434/v1", "Model": "llama3.2" }
///   ]
/// }
/// </code>
/// The first assistant is the default. If none is configured, there is one: the demo assistant, or one from the environment.
/// </summary>
internal sealed class AssistantsOptions
{
    /// <summary>The name of the configuration section.</summary>
    public const string SectionName = "Assistants";

    /// <summary>The assistants, in the order in which people see them, at most 50.</summary>
    public IList<AssistantOptions> Items { get; } = [];

    /// <summary>How fast the demo assistant writes, 1 to 1,000,000 tokens (of about four characters) per second. 32 is a readable pace.</summary>
    public int DemoTokensPerSecond { get; set; } = 32;
}
