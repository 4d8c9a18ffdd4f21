namespace BlazorChat.Benchmarks.Commands;

/// <summary>The options behind a command's name: <c>--name value</c>, each at most once, in any order.</summary>
internal sealed class CommandLine
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <summary>Reads the options.</summary>
    /// <param name="arguments">What follows the command's name.</param>
    /// <param name="known">The options that the command has.</param>
    /// <exception cref="ArgumentException">An option is unknown, given twice, or has no value.</exception>
    public CommandLine(IReadOnlyList<string> arguments, params string[] known)
    {
        for (var i = 0; i < arguments.Count; i += 2)
        {
            var name = arguments[i];
            if (!known.Contains(name, StringComparer.Ordinal))
            {
                throw new ArgumentException($"Unknown option {name}. This command has {string.Join(", ", known)}.");
            }

            if (i + 1 == arguments.Count || !_values.TryAdd(name, arguments[i + 1]))
            {
                throw new ArgumentException($"{name} must have one value.");
            }
        }
    }

    /// <summary>An option's text.</summary>
    public string Text(string name, string otherwise) => _values.GetValueOrDefault(name, otherwise);

    /// <summary>An option that is a whole number within bounds.</summary>
    public int Number(string name, int otherwise, int min, int max) =>
        _values.TryGetValue(name, out var text) ? Number(name, text, min, max) : otherwise;

    /// <summary>An option that is a list of whole numbers within bounds, with commas between them.</summary>
    public IReadOnlyList<int> Numbers(string name, string otherwise, int min, int max) =>
        [.. Text(name, otherwise).Split(',', StringSplitOptions.RemoveEmptyEntries).Select(text => Number(name, text, min, max))];

    /// <summary>The option <c>--compress on|off|both</c>: which settings are measured.</summary>
    public IReadOnlyList<bool> Compress(string otherwise) => Text("--compress", otherwise) switch
    {
        "on" => [true],
        "off" => [false],
        "both" => [false, true],
        var other => throw new ArgumentException($"--compress is on, off or both, not {other}."),
    };

    private static int Number(string name, string text, int min, int max) =>
        int.TryParse(text, out var number) && number >= min && number <= max
            ? number
            : throw new ArgumentException($"{name} takes whole numbers from {min} to {max}, not {text}.");
}
