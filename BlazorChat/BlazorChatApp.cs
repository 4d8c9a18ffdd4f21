using BlazorChat.Live;
using BlazorChat.Assistants;
using BlazorChat.Assistants.Mcp;
using BlazorChat.Assistants.Tools;
using BlazorChat.Turns;
using BlazorChat.Rooms;
using BlazorChat.Storage;
using BlazorChat.Web;

namespace BlazorChat;

/// <summary>The application as something that Program, tests and benchmarks start with their own settings.</summary>
public static class BlazorChatApp
{
    /// <summary>Builds the application: services registered, database migrated, cut-off answers marked, requests mapped. Not started yet.</summary>
    /// <param name="args">Command line, as configuration.</param>
    /// <param name="configure">Last changes to settings and services, or null.</param>
    /// <returns>The application, to run or to start and stop.</returns>
    /// <exception cref="StartException">The data folder or the database cannot be used; the message names the setting.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A setting is wrong (some are found when the application starts); the message names it.</exception>
    public static Task<WebApplication> CreateAsync(string[] args, Action<WebApplicationBuilder>? configure = null) => CreateAsync(args, configure, hasPages: true);

    /// <inheritdoc cref="CreateAsync(string[], Action{WebApplicationBuilder})"/>
    /// <param name="args">Command line, as configuration.</param>
    /// <param name="configure">Last changes to settings and services, or null.</param>
    /// <param name="hasPages">False for rooms and assistants alone, which answer no request: making the pages ready is a third of the work of a start.</param>
    internal static async Task<WebApplication> CreateAsync(string[] args, Action<WebApplicationBuilder>? configure, bool hasPages)
    {
        var builder = CreateBuilder(args);
        // Assets of a build that is not published are found through a manifest; with a published app this does nothing.
        builder.WebHost.UseStaticWebAssets();
        builder.AddStorage();
        builder.AddTelemetry();
        builder.Services.AddHealth();
        builder.Services.AddRooms();
        builder.Services.AddLive();
        // Before the turns, which are stopped first: one that ends may still wait for a tool.
        builder.Services.AddMcp();
        builder.Services.AddTurns();
        builder.Services.AddAssistants(builder.Configuration);
        builder.Services.AddBuiltInTools();
        builder.Services.AddBlazorChatUi();
        var started = CancellationToken.None;
        // What ends a start is thrown, and told in a sentence; the host would log it as well, with where in the code it was.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level => level >= LogLevel.Warning && started.IsCancellationRequested);
        configure?.Invoke(builder);

        // When all sources of settings are there.
        var renamed = RenamedSettings.Apply(builder.Configuration);
        var app = builder.Build();
        RenamedSettings.Warn(app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(BlazorChatApp)), renamed);
        started = app.Lifetime.ApplicationStarted;
        if (hasPages)
        {
            app.MapHealth();
            app.MapBlazorChatUi();
        }

        try
        {
            await PrepareAsync(app).ConfigureAwait(false);
            return app;
        }
        catch (Exception e)
        {
            var sentence = app.Services.GetRequiredService<IDatabaseProvider>().ErrorFor(e);
            await app.DisposeAsync().ConfigureAwait(false);
            if (sentence is null || sentence == e)
            {
                throw;
            }

            throw sentence;
        }
    }

    /// <summary>The settings of the application: of files, environment and command line.</summary>
    internal static WebApplicationBuilder CreateBuilder(string[] args) =>
        WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = args,
            // Asked for by name, since the process may be a test's or a benchmark's.
            ApplicationName = typeof(BlazorChatApp).Assembly.GetName().Name,
            ContentRootPath = ContentRoot(),
        });

    /// <summary>Everything that must be right before the first request: the schema, and nothing left streaming by a crash.</summary>
    private static async Task PrepareAsync(WebApplication app)
    {
        var stopping = app.Lifetime.ApplicationStopping;
        await app.Services.MigrateAsync(stopping).ConfigureAwait(false);
        await app.Services.GetRequiredService<Recovery>().RunAsync(stopping).ConfigureAwait(false);
        var rooms = app.Services.GetRequiredService<IRoomStore>();
        var directory = app.Services.GetRequiredService<RoomDirectory>();
        await directory.LoadAsync(rooms, stopping).ConfigureAwait(false);
        await app.Services.GetRequiredService<Lobby>().EnsureAsync(stopping).ConfigureAwait(false);
    }

    // `dotnet run` starts in the project's folder; anywhere else the settings are beside the assembly, and not those of
    // whatever application the current folder belongs to.
    private static string ContentRoot() =>
        File.Exists(Path.Combine(Directory.GetCurrentDirectory(), "BlazorChat.csproj")) ? Directory.GetCurrentDirectory() : AppContext.BaseDirectory;
}
