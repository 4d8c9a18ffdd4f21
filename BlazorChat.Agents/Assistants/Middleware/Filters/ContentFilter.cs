using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants.Middleware.Filters;

/// <summary>Changes one response content by content, and may hold some of it back. Not for concurrent use.</summary>
internal abstract class ContentFilter
{
    /// <summary>Takes a content and gives what is to be passed on by now.</summary>
    public abstract void Add(AIContent content, IList<AIContent> output);

    /// <summary>Gives what is still held back: nothing comes behind it.</summary>
    public abstract void End(IList<AIContent> output);
}
