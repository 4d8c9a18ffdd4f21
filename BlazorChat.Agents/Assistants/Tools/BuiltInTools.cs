using System.Security.Cryptography;
using BlazorChat.Turns.Tools;
using BlazorChat.Rooms;

namespace BlazorChat.Assistants.Tools;

/// <summary>Registers the built-in tools.</summary>
internal static class BuiltInTools
{
    /// <summary>Their source, as shown to people.</summary>
    internal const string Source = "built-in";

    /// <summary>
    /// Registers them as singletons of <see cref="ChatTool"/>: <c>get_current_time</c>, <c>roll_dice</c>, <c>search_messages</c>,
    /// <c>send_postcard</c> (a demo that needs approval), and those of the asker's browser: <c>get_time_zone</c>,
    /// <c>get_location</c>, <c>read_clipboard</c>, <c>write_clipboard</c> and <c>get_page_language</c>.
    /// </summary>
    /// <param name="services">The application's services, which must include a <see cref="TimeProvider"/> and the services for rooms.</param>
    public static IServiceCollection AddBuiltInTools(this IServiceCollection services)
    {
        services.AddSingleton(s => CurrentTimeTool.Create(s.GetRequiredService<TimeProvider>()));
        services.AddSingleton(DiceTool.Create(RandomNumberGenerator.GetInt32));
        services.AddSingleton(s => SearchTool.Create(s.GetRequiredService<IRoomStore>()));
        services.AddSingleton(PostcardTool.Create());
        foreach (var tool in BrowserTools.All)
        {
            services.AddSingleton(tool);
        }

        return services;
    }
}
