using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.JSInterop;

namespace BlazorChat.Web;

/// <summary>
/// A circuit's place among the open pages. It is freed together with the circuit's services: when the page is closed, or when a lost page
/// is not kept any longer.
/// </summary>
internal sealed class CircuitPlace : IDisposable
{
    private static readonly AsyncLocal<Handover?> Handed = new();

    private readonly IDisposable? _place = Handed.Value?.Take();

    /// <summary>
    /// Has each circuit take its place with the first of its services, the JavaScript runtime, which exists before anything of a page runs:
    /// the framework creates handlers of circuits later, or never if a browser asks for a circuit and for nothing on it.
    /// </summary>
    /// <param name="services">The services. Those of circuits must already be registered.</param>
    public static void Use(IServiceCollection services)
    {
        services.AddScoped<CircuitPlace>();
        var create = services.Last(service => service.ServiceType == typeof(IJSRuntime)).ImplementationFactory!;
        services.Replace(ServiceDescriptor.Scoped(provider =>
        {
            _ = provider.GetRequiredService<CircuitPlace>();
            return (IJSRuntime)create(provider);
        }));
    }

    /// <summary>Hands a place to the circuit that is created before the result is disposed.</summary>
    public static IDisposable HandOver(IDisposable? place) => Handed.Value = new Handover(place);

    /// <inheritdoc />
    public void Dispose() => _place?.Dispose();

    // An object, because what the circuit starts keeps the asynchronous context, and so this, for as long as it runs.
    private sealed class Handover(IDisposable? place) : IDisposable
    {
        private IDisposable? _place = place;

        public IDisposable? Take() => Interlocked.Exchange(ref _place, null);

        // Nothing took it if no circuit was created.
        public void Dispose() => Take()?.Dispose();
    }
}
