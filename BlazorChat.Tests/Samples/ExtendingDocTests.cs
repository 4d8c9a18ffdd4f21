using System.Text.RegularExpressions;
using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.Samples;

/// <summary>What docs/extending.md shows is what the samples say.</summary>
[Trait(nameof(Kind), Kind.Unit)]
public sealed partial class ExtendingDocTests
{
    private static readonly string[] Lines = File.ReadAllLines(Repository.File("docs", "extending.md"));

    public static IEnumerable<object[]> Blocks { get; } = [.. Read().Select(b => new object[] { b.File, b.Code })];

    [Theory]
    [MemberData(nameof(Blocks))]
    public void A_block_of_code_stands_in_the_file_that_it_names(string file, string code) =>
        Assert.Contains(Squeeze(code), Squeeze(File.ReadAllText(Repository.File("BlazorChat.Samples", file))), StringComparison.Ordinal);

    [Fact]
    public void Every_block_of_code_names_its_file()
    {
        var fences = Lines.Where(l => l.StartsWith("```", StringComparison.Ordinal) && l.Length > 3).ToList();
        Assert.True(fences.Count >= 10);
        // Settings are no samples' code.
        Assert.All(fences, f => Assert.Matches("^```(json|(csharp|razor|js) [A-Za-z./]+)$", f));
    }

    [Fact]
    public void Every_sample_is_in_the_document()
    {
        var text = string.Join('\n', Lines);
        var samples = Directory.GetFiles(Repository.File("BlazorChat.Samples"), "*.cs").Select(Path.GetFileName).Where(f => f is not "Program.cs");
        Assert.All(samples, f => Assert.Contains($"BlazorChat.Samples/{f}", text, StringComparison.Ordinal));
        Assert.All(Link().Matches(text), l => Assert.True(Path.Exists(Repository.File("docs", l.Groups["path"].Value)), l.Value));
    }

    private static IEnumerable<(string File, string Code)> Read()
    {
        for (var i = 0; i < Lines.Length; i++)
        {
            if (Fence().Match(Lines[i]) is not { Success: true } fence)
            {
                continue;
            }

            var end = Array.IndexOf(Lines, "```", i + 1);
            yield return (fence.Groups["file"].Value, string.Join('\n', Lines[(i + 1)..end]));
        }
    }

    private static string Squeeze(string text) => WhiteSpace().Replace(text, "");

    [GeneratedRegex("^```(csharp|razor|js) (?<file>[A-Za-z./]+)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Fence();

    [GeneratedRegex(@"\]\((?<path>(\.\./|[a-z])[A-Za-z0-9./-]*)(#[a-z0-9-]+)?\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Link();

    [GeneratedRegex(@"\s+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex WhiteSpace();
}
