using System.Runtime.CompilerServices;

namespace BlazorChat.Tests.Support;

/// <summary>
/// The rows of a theory that waits on a real clock: the first one that is run begins all of them, so that they wait together;
/// each is still reported by itself. The fixture of the class that has such theories.
/// </summary>
public sealed class SideBySide : IAsyncLifetime
{
    private readonly Dictionary<(string Test, string Row), Task> _begun = [];

    /// <summary>One row's test.</summary>
    /// <param name="rows">All rows of the theory.</param>
    /// <param name="row">The one that is run.</param>
    /// <param name="test">The test.</param>
    /// <param name="name">The theory's name.</param>
    public Task RunAsync(TheoryData<string> rows, string row, Func<string, Task> test, [CallerMemberName] string name = "") =>
        RunAsync(rows, [row], r => test((string)r[0]), name);

    /// <inheritdoc cref="RunAsync(TheoryData{string}, string, Func{string, Task}, string)"/>
    public Task RunAsync(TheoryData<string, bool> rows, (string, bool) row, Func<string, bool, Task> test, [CallerMemberName] string name = "") =>
        RunAsync(rows, [row.Item1, row.Item2], r => test((string)r[0], (bool)r[1]), name);

    public Task InitializeAsync() => Task.CompletedTask;

    // Rows that a filter left out have begun as well: nothing of them runs on beside the tests of others.
    public async Task DisposeAsync()
    {
        foreach (var test in _begun.Values)
        {
            await test.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private Task RunAsync(IEnumerable<object[]> rows, object[] row, Func<object[], Task> test, string name)
    {
        foreach (var one in rows)
        {
            var key = (name, string.Join(' ', one));
            if (!_begun.ContainsKey(key))
            {
                _begun.Add(key, test(one));
            }
        }

        return _begun[(name, string.Join(' ', row))];
    }
}
