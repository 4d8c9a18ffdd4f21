using BlazorChat.Assistants.Middleware.Filters;
using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants.Middleware.Think;

/// <summary>Turns what a model writes between <c>&lt;think&gt;</c> and <c>&lt;/think&gt;</c> into reasoning.</summary>
internal sealed class ThinkMiddleware : IChatMiddleware
{
    /// <summary>Its name in the configuration.</summary>
    public const string MiddlewareName = "think";

    public string Name => MiddlewareName;

    public IEnumerable<string> Validate(IConfigurationSection settings) => MiddlewareSettings.Check<ThinkOptions>(settings);

    public IChatClient Wrap(IChatClient inner, ChatMiddlewareContext context) =>
        new ThinkChatClient(inner, MiddlewareSettings.Read<ThinkOptions>(context.Settings));
}

/// <summary>A client whose model writes its reasoning into its text.</summary>
/// <param name="inner">The next client of the pipeline.</param>
/// <param name="options">The settings.</param>
internal sealed class ThinkChatClient(IChatClient inner, ThinkOptions options) : ContentFilterChatClient(inner)
{
    protected override ContentFilter CreateFilter() => new ThinkFilter(options);
}
