using BlazorChat.Access;
using BlazorChat.Accounts;
using BlazorChat.Live;
using BlazorChat.Assistants;
using BlazorChat.Assistants.Mcp;
using BlazorChat.Assistants.Tools;
using BlazorChat.Turns;
using BlazorChat.Rooms;
using BlazorChat.Storage;
using BlazorChat.Text;
using BlazorChat.Web;

namespace BlazorChat;

/// <summary>Builds the application, for Program and for applications, tests and benchmarks with their own settings.</summary>
public static class BlazorChatApp
{
    // https://github.com/dotnet/aspnetcore/blob/main/src/StaticAssets/src/Development/StaticAssetDevelopmentRuntimeHandler.cs
    private const string ReloadAssets = "ReloadStaticAssetsAtRuntime";

    /// <summary>
    /// Builds the application without starting it: registers services, migrates the database, recovers cut-off responses and maps requests.
    /// </summary>
    /// <param name="args">The command line, as configuration.</param>
    /// <param name="configure">Makes the last changes to settings and services; may be null.</param>
    /// <returns>The application, ready to run.</returns>
    /// <exception cref="StartException">The data folder or the database cannot be used. The message names the setting.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">
    /// A setting is wrong. The message names it. Some wrong settings are found only when the application starts.
    /// </exception>
    public static Task<WebApplication> CreateAsync(string[] args, Action<WebApplicationBuilder>? configure = null) => CreateAsync(args, configure, hasPages: true);

    /// <inheritdoc cref="CreateAsync(string[], Action{WebApplicationBuilder})"/>
    /// <param name="args">The command line, as configuration.</param>
    /// <param name="configure">Makes the last changes to settings and services; may be null.</param>
    /// <param name="hasPages">False for rooms and assistants alone, without requests: preparing the pages is a third of a start's work.</param>
    internal static async Task<WebApplication> CreateAsync(string[] args, Action<WebApplicationBuilder>? configure, bool hasPages)
    {
        var builder = CreateBuilder(args);
        // Finds the assets of an unpublished build through a manifest. Does nothing in a published application.
        builder.WebHost.UseStaticWebAssets();
        // For an unpublished build, the framework would look at each asset at each request, and send it four times as large as the build
        // has compressed it, to be asked for again each time. Only `dotnet watch` needs that, so that a change shows without a build.
        builder.Configuration[ReloadAssets] ??= builder.Configuration.GetValue<bool>("DOTNET_WATCH") ? "true" : "false";
        builder.AddStorage();
        builder.AddTelemetry();
        builder.Services.AddHealth();
        builder.Services.AddRooms();
        builder.Services.AddLive();
        // Registered before the turns, which are therefore stopped first: an ending turn may still wait for a tool.
        builder.Services.AddMcp();
        builder.Services.AddTurns();
        builder.Services.AddSingleton<IProseReader, TypedProse>();
        builder.Services.AddAssistants(builder.Configuration);
        builder.Services.AddBuiltInTools();
        builder.Services.AddBlazorChatUi();
        var started = CancellationToken.None;
        // A failed start throws, and its reason is printed in one sentence. The host would also log it, with a stack trace.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level => level >= LogLevel.Warning && started.IsCancellationRequested);
        DoorOptions.SwitchOffFrameworks(builder);
        configure?.Invoke(builder);

        // Applied after all sources of settings have been added.
        var renamed = RenamedSettings.Apply(builder.Configuration);
        var app = builder.Build();
        RenamedSettings.Warn(app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(BlazorChatApp)), renamed);
        started = app.Lifetime.ApplicationStarted;
        try
        {
            if (hasPages)
            {
                app.MapHealth();
                app.MapBlazorChatUi();
            }

            await PrepareAsync(app).ConfigureAwait(false);
            if (hasPages)
            {
                await app.Services.GetRequiredService<AccountsStart>().InviteFirstAdministratorAsync(app.Lifetime.ApplicationStopping).ConfigureAwait(false);
            }

            return app;
        }
        catch (Exception e)
        {
            var explained = app.Services.GetRequiredService<IDatabaseProvider>().ErrorFor(e);
            await app.DisposeAsync().ConfigureAwait(false);
            if (explained is null || explained == e)
            {
                throw;
            }

            throw explained;
        }
    }

    /// <summary>Creates a builder with the application's settings from files, the environment and the command line.</summary>
    internal static WebApplicationBuilder CreateBuilder(string[] args) =>
        WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = args,
            // Given by name, because the process may belong to a test or a benchmark.
            ApplicationName = typeof(BlazorChatApp).Assembly.GetName().Name,
            ContentRootPath = ContentRoot(),
        });

    /// <summary>Prepares the data for the first request: migrates the schema and recovers responses that a crash cut off.</summary>
    private static async Task PrepareAsync(WebApplication app)
    {
        var stopping = app.Lifetime.ApplicationStopping;
        await app.Services.MigrateAsync(stopping).ConfigureAwait(false);
        await app.Services.GetRequiredService<AccountsStart>().LoadAsync(stopping).ConfigureAwait(false);
        await app.Services.GetRequiredService<Recovery>().RunAsync(stopping).ConfigureAwait(false);
        var rooms = app.Services.GetRequiredService<IRoomStore>();
        await app.Services.GetRequiredService<RoomAccessDirectory>().LoadAsync(rooms, stopping).ConfigureAwait(false);
        var directory = app.Services.GetRequiredService<RoomDirectory>();
        await directory.LoadAsync(rooms, stopping).ConfigureAwait(false);
        await app.Services.GetRequiredService<Lobby>().EnsureAsync(stopping).ConfigureAwait(false);
    }

    // `dotnet run` starts in the project's folder. Elsewhere, the settings beside the assembly are read, not those of an application
    // that the current folder may belong to.
    private static string ContentRoot() =>
        File.Exists(Path.Combine(Directory.GetCurrentDirectory(), "BlazorChat.csproj")) ? Directory.GetCurrentDirectory() : AppContext.BaseDirectory;
}
