using BlazorChat.Replies;
using BlazorChat.Rooms;
using BlazorChat.Web;

namespace BlazorChat;

/// <summary>The application as something that Program, tests and benchmarks start with their own settings.</summary>
public static class BlazorChatApp
{
    /// <summary>Builds the application: services registered, database migrated, cut-off answers marked, requests mapped. Not started yet.</summary>
    /// <param name="args">Command line, as configuration.</param>
    /// <param name="configure">Last changes to settings and services, or null.</param>
    /// <returns>The application, to run or to start and stop.</returns>
    public static Task<WebApplication> CreateAsync(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddRooms();
        builder.Services.AddReplies();
        builder.Services.AddBlazorChatUi();
        configure?.Invoke(builder);
        return Task.FromResult(builder.Build().MapBlazorChatUi());
    }
}
