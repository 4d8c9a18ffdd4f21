using System.ComponentModel.DataAnnotations;

namespace BlazorChat.Assistants.Middleware.Cache;

/// <summary>Settings of the middleware <c>cache</c>.</summary>
internal sealed class CacheOptions
{
    /// <summary>The most responses; the least recently used one is removed first.</summary>
    [Range(1, 100_000)]
    public int MaxEntries { get; set; } = 1000;

    /// <summary>The most characters of all responses together.</summary>
    [Range(1000, 1_000_000_000)]
    public int MaxCharacters { get; set; } = 10_000_000;

    /// <summary>How long a response is kept.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Whether responses with tool calls are kept too. A repeated question then calls the tools again, without asking the model.</summary>
    public bool ToolCalls { get; set; }
}
