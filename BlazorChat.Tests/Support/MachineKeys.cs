namespace BlazorChat.Tests.Support;

/// <summary>Keys of the machine that the tests run on, which are none of their business.</summary>
internal static class MachineKeys
{
    private static readonly string[] Prefixes = ["OPENAI_", "AZURE_OPENAI_", "ANTHROPIC_", "OLLAMA_"];

    /// <summary>Which of the names of variables are those of keys, and of what belongs to them.</summary>
    public static IReadOnlyList<string> Among(IEnumerable<string> names) =>
        [.. names.Where(name => Array.Exists(Prefixes, prefix => name.StartsWith(prefix, StringComparison.Ordinal)))];

    /// <summary>Takes them out of this process's environment.</summary>
    public static void Forget()
    {
        foreach (var name in Among(Environment.GetEnvironmentVariables().Keys.Cast<string>()))
        {
            Environment.SetEnvironmentVariable(name, null);
        }
    }
}
