using BlazorChat.Replies;
using BlazorChat.Rooms;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace BlazorChat;

/// <summary>Figures and traces by OTLP, when the environment names a collector.</summary>
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
    private sealed class Exporter : IHostedService, IDisposable
    {
        private MeterProvider? _meters;
        private TracerProvider? _traces;

        public Task StartAsync(CancellationToken cancellationToken)
        {
            var resource = ResourceBuilder.CreateDefault().AddService("blazorchat");
            _meters = Sdk.CreateMeterProviderBuilder()
                .SetResourceBuilder(resource)
                .AddMeter(RoomsMetrics.MeterName, RepliesMetrics.Name, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Components.Server.Circuits")
                .AddOtlpExporter()
                .Build();
            _traces = Sdk.CreateTracerProviderBuilder()
                .SetResourceBuilder(resource)
                .AddSource(RepliesMetrics.Name, "BlazorChat.Assistants", "Microsoft.AspNetCore")
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
    }
}
