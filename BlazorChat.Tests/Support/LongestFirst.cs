using Xunit.Abstractions;

[assembly: TestCollectionOrderer("BlazorChat.Tests.Support.LongestFirst", "BlazorChat.Tests")]

namespace BlazorChat.Tests.Support;

/// <summary>Collections whose tests take longest begin first: none of them is left to run by itself when the others are done.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    // Those that wait for processes and for silence.
    private static readonly string[] Long =
    [
        nameof(Storage.StartProcessTests), nameof(Turns.ProviderOutcomeTests), nameof(EndToEnd.FailingStepTests), nameof(Turns.Flow.KilledProcessTests),
        nameof(Storage.BothDatabasesTests), nameof(EndToEnd.ProviderStepTests), nameof(Assistants.Mcp.McpProgramTests),
    ];

    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderBy(Rank).ThenBy(c => c.DisplayName, StringComparer.Ordinal);

    private static int Rank(ITestCollection collection)
    {
        if (collection.CollectionDefinition is not null)
        {
            return 0;
        }

        return Array.Exists(Long, name => collection.DisplayName.EndsWith("." + name, StringComparison.Ordinal)) ? 1 : 2;
    }
}
