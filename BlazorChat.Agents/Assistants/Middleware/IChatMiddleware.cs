using BlazorChat.Assistants.Resilience;
using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants.Middleware;

/// <summary>
/// Wraps a model to change what is sent or what comes back. Register your own as a singleton of this type and name it in
/// <c>Assistants:Items:n:Middleware</c>; the last one with a name wins.
/// </summary>
public interface IChatMiddleware
{
    /// <summary>The <c>Name</c> of an entry that uses this middleware; case is ignored.</summary>
    string Name { get; }

    /// <summary>
    /// Checks an entry's settings. Each error is a sentence that begins with the full key of the setting (<see cref="MiddlewareSettings"/>
    /// helps); any error stops startup. The default accepts everything.
    /// </summary>
    /// <param name="settings">The entry: an element of <c>Assistants:Items:n:Middleware</c>, including its <c>Name</c>.</param>
    IEnumerable<string> Validate(IConfigurationSection settings) => [];

    /// <summary>
    /// Wraps a client with this middleware, once per entry at startup. Most implementations return a <see cref="DelegatingChatClient"/>.
    /// All rooms and threads share the client. It must not change the messages and options that it gets (copy them), and must pass on
    /// contents that it does not know, including <see cref="RetryNoticeContent"/>. An exception ends the response with a sentence for
    /// people. Retries and timeouts happen further in, so it need not handle them.
    /// </summary>
    /// <param name="inner">The next client of the pipeline: the next middleware, or the guarded model.</param>
    /// <param name="context">The assistant and the settings, which <see cref="Validate"/> has accepted.</param>
    IChatClient Wrap(IChatClient inner, ChatMiddlewareContext context);
}
