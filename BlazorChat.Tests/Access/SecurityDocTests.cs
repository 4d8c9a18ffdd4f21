using System.Text.RegularExpressions;
using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.Access;

/// <summary>The tests that docs/security.md names exist.</summary>
[Trait(nameof(Kind), Kind.Unit)]
public sealed partial class SecurityDocTests
{
    [Fact]
    public void Every_test_that_the_page_names_exists()
    {
        var classes = typeof(SecurityDocTests).Assembly.GetTypes().Select(t => t.Name).ToHashSet(StringComparer.Ordinal);
        var named = TestClass().Matches(File.ReadAllText(Repository.File("docs/security.md"))).Select(m => m.Value).Distinct(StringComparer.Ordinal).ToList();
        Assert.NotEmpty(named);
        Assert.Empty(named.Except(classes, StringComparer.Ordinal));
    }

    [GeneratedRegex("\\b[A-Z][A-Za-z]*Tests\\b", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TestClass();
}
