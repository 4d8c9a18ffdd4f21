using BlazorChat.Assistants;
using BlazorChat.Replies;
using BlazorChat.Rooms;
using BlazorChat.Storage;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace BlazorChat;

/// <summary>
/// Figures and traces by OTLP, when the configuration names a collector: by OpenTelemetry's own variables
/// (https://opentelemetry.io/docs/specs/otel/protocol/exporter/), in the environment or wherever else settings come from.
/// </summary>
internal static class Telemetry
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    public static WebApplicationBuilder AddTelemetry(this WebApplicationBuilder builder)
    {
        if (!string.IsNullOrEmpty(builder.Configuration[Endpoint]))
        {
            builder.Services.AddHostedService<Exporter>();
        }

        return builder;
    }

    /// <summary>Holds the providers from start to stop, when what is still buffered is sent.</summary>
    private sealed class Exporter(IConfiguration configuration) : IHostedService, IDisposable
    {
        private MeterProvider? _meters;
        private TracerProvider? _traces;

        public Task StartAsync(CancellationToken cancellationToken)
        {
            var resource = ResourceBuilder.CreateDefault().AddService("blazorchat");
            _meters = Sdk.CreateMeterProviderBuilder()
                .ConfigureServices(UseSettings)
                .SetResourceBuilder(resource)
                .AddMeter(StorageServices.TelemetryName, RoomsMetrics.MeterName, RepliesMetrics.Name, "Microsoft.SemanticKernel", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Components.Server.Circuits")
                .AddOtlpExporter()
                .Build();
            _traces = Sdk.CreateTracerProviderBuilder()
                .ConfigureServices(UseSettings)
                .SetResourceBuilder(resource)
                .AddSource(StorageServices.TelemetryName, RepliesMetrics.Name, TelemetryChatClient.SourceName, "Microsoft.SemanticKernel", "Microsoft.AspNetCore")
                .AddOtlpExporter()
                .Build();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken)
        {
            Dispose();
            return Task.CompletedTask;
        }

        public void Dispose()
        {
            _meters?.Dispose();
            _traces?.Dispose();
        }

        // The exporters would otherwise read the process's environment only.
        private void UseSettings(IServiceCollection services) => services.AddSingleton(configuration);
    }
}
