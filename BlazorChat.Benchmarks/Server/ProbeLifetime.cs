using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Hosting;

namespace BlazorChat.Benchmarks.Server;

/// <summary>
/// Ties the server to the benchmarks' process: tells it the address on standard output (whatever the app's own log says
/// or leaves out), and stops the server when standard input ends, so that none is left behind.
/// </summary>
internal sealed class ProbeLifetime(IServer server, IHostApplicationLifetime lifetime) : IHostedService
{
    /// <summary>What stands before the address on its line.</summary>
    public const string AddressPrefix = "Benchmark server at ";

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStarted.Register(() =>
        {
            var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
            Console.WriteLine(AddressPrefix + addresses.FirstOrDefault());
        });
        new Thread(StopWithStandardInput) { IsBackground = true, Name = "Benchmark probe" }.Start();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // On a thread of its own: standard input blocks its reader, and on one core the thread pool begins with one thread,
    // so that a blocked one would stall the whole server now and then for half a second.
    private void StopWithStandardInput()
    {
        Console.In.ReadToEnd();
        lifetime.StopApplication();
    }
}
