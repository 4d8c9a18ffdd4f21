using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants.Middleware.Filters;

/// <summary>Changes one response, content by content, and may hold some of it back. Not thread-safe.</summary>
internal abstract class ContentFilter
{
    /// <summary>Adds a content, and outputs what can be passed on.</summary>
    public abstract void Add(AIContent content, IList<AIContent> output);

    /// <summary>Outputs everything that is still held back, at the end of the response.</summary>
    public abstract void End(IList<AIContent> output);
}
