namespace BlazorChat.Tests.Support;

/// <summary>What the tests of a class take, and so how long: the trait <c>Kind</c>. <c>eng/test.sh fast</c> runs the first three.</summary>
public static class Kind
{
    /// <summary>Rules and parsers alone: no host, no database, no files.</summary>
    public const string Unit = nameof(Unit);

    /// <summary>Components, rendered without a browser.</summary>
    public const string Component = nameof(Component);

    /// <summary>The database; on PostgreSQL too where a row says so.</summary>
    public const string Storage = nameof(Storage);

    /// <summary>The whole application in the process of the tests, with a model that the test speaks for.</summary>
    public const string Host = nameof(Host);

    /// <summary>Processes: the application as people run it, servers of others.</summary>
    public const string Process = nameof(Process);

    /// <summary>The whole application in real browsers.</summary>
    public const string Browser = nameof(Browser);
}
