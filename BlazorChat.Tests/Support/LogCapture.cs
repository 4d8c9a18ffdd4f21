using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace BlazorChat.Tests.Support;

/// <summary>Everything that is logged, of every category and level, with its values, exception and scopes.</summary>
[ProviderAlias("Capture")]
public sealed class LogCapture : ILoggerProvider, ISupportExternalScope
{
    private readonly ConcurrentQueue<LogLine> _lines = new();
    private IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();

    public IReadOnlyList<LogLine> Lines => [.. _lines];

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public void Dispose()
    {
    }

    private sealed class Logger(LogCapture capture, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => capture._scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var scope = new Dictionary<string, object?>(StringComparer.Ordinal);
            var everything = new List<string> { formatter(state, exception), $"{exception}" };
            Collect(state, null);
            capture._scopes.ForEachScope(static (one, log) => log(one), (Action<object?>)(one => Collect(one, scope)));
            capture._lines.Enqueue(new LogLine(category, logLevel, formatter(state, exception), scope, string.Join('\n', everything)));

            void Collect(object? values, Dictionary<string, object?>? into)
            {
                everything.Add($"{values}");
                foreach (var (name, value) in values as IEnumerable<KeyValuePair<string, object?>> ?? [])
                {
                    everything.Add($"{name}={value}");
                    into?.TryAdd(name, value);
                }
            }
        }
    }
}

/// <summary>One line of a log.</summary>
/// <param name="Category">The logger's category.</param>
/// <param name="Level">Its level.</param>
/// <param name="Text">What people read.</param>
/// <param name="Scope">The named values of all scopes around it.</param>
/// <param name="Everything">All that a log's reader could find out: text, values, exception, scopes.</param>
public sealed record LogLine(string Category, LogLevel Level, string Text, IReadOnlyDictionary<string, object?> Scope, string Everything);
