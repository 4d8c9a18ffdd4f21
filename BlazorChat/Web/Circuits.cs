using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.Extensions.Options;
using Microsoft.JSInterop;

namespace BlazorChat.Web;

/// <summary>Sets how long circuits are kept, and handles them when the server stops.</summary>
internal static class Circuits
{
    private static readonly PathString[] RefusedWhileStopping = ["/_blazor", "/health"];

    // A call that a browser still owes an answer for keeps its circuit in memory, also after the circuit was closed. The application's own
    // calls end with their components and have no other limit; this one is for those of the framework, which nobody waits for.
    private static readonly TimeSpan FrameworkCalls = TimeSpan.FromSeconds(10);

    public static void AddCircuits(this IServiceCollection services)
    {
        services.AddOptions<CircuitOptions>().Configure<IOptions<WebOptions>>((circuits, web) =>
        {
            web.Value.Circuits.ApplyTo(circuits);
            circuits.JSInteropDefaultCallTimeout = FrameworkCalls;
        });
        services.AddSingleton<PlannedStop>();
        services.AddScoped<CircuitHandler, ConnectedPages>();
    }

    /// <summary>
    /// Refuses pages that come back while the server is still stopping; they try again. Nobody would close their connections, so Kestrel
    /// would wait for them until the host's shutdown timeout (dotnet/aspnetcore issue 58947). Also, they must not take this process for
    /// the next one.
    /// </summary>
    public static void UseStoppingRefusal(this WebApplication app)
    {
        var stop = app.Services.GetRequiredService<PlannedStop>();
        app.Use((context, next) =>
        {
            if (!stop.IsStopping || !Array.Exists(RefusedWhileStopping, path => context.Request.Path.StartsWithSegments(path, StringComparison.OrdinalIgnoreCase)))
            {
                return next(context);
            }

            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            context.Response.Headers.Connection = "close";
            return Task.CompletedTask;
        });
    }

    /// <summary>Keeps track of the connected pages.</summary>
    private sealed class ConnectedPages(PlannedStop stop, IJSRuntime page) : CircuitHandler
    {
        public override Task OnConnectionUpAsync(Circuit circuit, CancellationToken cancellationToken)
        {
            stop.Add(circuit.Id, page);
            return Task.CompletedTask;
        }

        public override Task OnConnectionDownAsync(Circuit circuit, CancellationToken cancellationToken)
        {
            stop.Remove(circuit.Id);
            return Task.CompletedTask;
        }
    }
}
