using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace BlazorChat.Tests.Support;

/// <summary>
/// The application as it is configured, listening in this process: for browser tests that neither stop nor kill it. A process of its
/// own (<see cref="AppProcess"/>) would load and compile the same code for each of them.
/// </summary>
public sealed class AppHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    static AppHost() => MachineKeys.Forget();

    private AppHost(WebApplication app) => _app = app;

    /// <summary>Where it listens.</summary>
    public Uri Address => new(_app.Urls.Single());

    /// <summary>Its services.</summary>
    public IServiceProvider Services => _app.Services;

    /// <summary>Starts it.</summary>
    /// <param name="environment">Settings, named as environment variables.</param>
    public static async Task<AppHost> StartAsync(IReadOnlyDictionary<string, string> environment)
    {
        var app = await BlazorChatApp.CreateAsync(
            ["--Rooms:MessagesPerMinute=60000", "--Rooms:MessageBurst=1000", "--Rooms:MaxPerPerson=1000", "--Rooms:NewRooms=OpenToGuests", .. environment.Select(s => $"--{s.Key.Replace("__", ":", StringComparison.Ordinal)}={s.Value}")],
            builder =>
            {
                builder.WebHost.UseUrls("http://127.0.0.1:0");
                builder.Logging.ClearProviders();
                Passwords.HashQuickly(builder.Services);
            });
        await app.StartAsync();
        return new AppHost(app);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
