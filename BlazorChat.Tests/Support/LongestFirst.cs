using Xunit.Abstractions;

[assembly: TestCollectionOrderer("BlazorChat.Tests.Support.LongestFirst", "BlazorChat.Tests")]

namespace BlazorChat.Tests.Support;

/// <summary>Collections whose tests take longest begin first: none of them is left to run by itself when the others are done.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderBy(c => c.CollectionDefinition is null ? 1 : 0).ThenBy(c => c.DisplayName, StringComparer.Ordinal);
}
