using BlazorChat.Assistants.Resilience;
using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants.Middleware;

/// <summary>
/// Something between the room and a model that changes what is sent or what comes back. Register one as a singleton of this
/// type and name it in <c>Assistants:Items:n:Middleware</c>; the last one of a name wins.
/// </summary>
public interface IChatMiddleware
{
    /// <summary>What an entry's <c>Name</c> says to get this middleware; compared without case.</summary>
    string Name { get; }

    /// <summary>
    /// What is wrong with an entry's settings, each in a sentence that begins with the whole key of the setting
    /// (<see cref="MiddlewareSettings"/> helps); any stops the start. Without an implementation anything goes.
    /// </summary>
    /// <param name="settings">The entry: an element of <c>Assistants:Items:n:Middleware</c>, its <c>Name</c> included.</param>
    IEnumerable<string> Validate(IConfigurationSection settings) => [];

    /// <summary>
    /// Puts this middleware around a client, once per entry at start; most return a <see cref="DelegatingChatClient"/>. The
    /// client is shared by all rooms and threads. It must not change the messages and options that it is given (copy them),
    /// and it passes contents that it does not know on, <see cref="RetryNoticeContent"/> among them. What it throws ends the
    /// answer with a sentence; retries and time-outs are not its business: they happen further in.
    /// </summary>
    /// <param name="inner">What is further in: the next middleware, or the guarded model.</param>
    /// <param name="context">Whose middleware this is, and its settings, which <see cref="Validate"/> has accepted.</param>
    IChatClient Wrap(IChatClient inner, ChatMiddlewareContext context);
}
