using BlazorChat.Benchmarks.Server;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

[assembly: HostingStartup(typeof(Probe))]

namespace BlazorChat.Benchmarks.Server;

/// <summary>
/// The benchmarks' ear and hand inside the server's process (see <see cref="StartupHook"/>): endpoints below
/// <see cref="ProbeEndpoints.Path"/>, in front of everything that the app itself does.
/// </summary>
internal sealed class Probe : IHostingStartup
{
    /// <inheritdoc/>
    public void Configure(IWebHostBuilder builder) =>
        builder.ConfigureServices(services =>
        {
            services.AddHostedService<ProbeLifetime>();
            services.AddSingleton<IRoomDriver, RoomDriver>();
            services.AddSingleton<IHistorySeeder, HistorySeeder>();
            services.AddSingleton<IStartupFilter, Filter>();
        });

    private sealed class Filter : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) =>
            app =>
            {
                app.Map(ProbeEndpoints.Path, branch => branch.Run(ProbeEndpoints.HandleAsync));
                next(app);
            };
    }
}
