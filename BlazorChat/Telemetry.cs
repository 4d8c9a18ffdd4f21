using System.Runtime.CompilerServices;
using BlazorChat.Assistants.Pipeline;
using BlazorChat.Turns;
using BlazorChat.Rooms;
using BlazorChat.Storage;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace BlazorChat;

/// <summary>
/// Figures and traces by OTLP, when the configuration names a collector: by OpenTelemetry's own variables
/// (https://opentelemetry.io/docs/specs/otel/protocol/exporter/), in the environment or wherever else settings come from.
/// What is still buffered is sent when the host is disposed, not when it stops.
/// </summary>
internal static class Telemetry
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    // Its functions. What Microsoft.Extensions.AI says of the same requests is not listened to: TelemetryChatClient has said it.
    private const string SemanticKernel = "Microsoft.SemanticKernel";

    public static WebApplicationBuilder AddTelemetry(this WebApplicationBuilder builder)
    {
        if (!string.IsNullOrEmpty(builder.Configuration[Endpoint]))
        {
            AddExporters(builder);
        }

        return builder;
    }

    // A method of its own, so that exporters and instrumentation are not loaded where nobody asked for them.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddExporters(WebApplicationBuilder builder) => builder.Services.AddOpenTelemetry()
        .ConfigureResource(resource => resource.AddService(builder.Configuration["OTEL_SERVICE_NAME"] ?? "blazorchat"))
        // Exporters by signal: UseOtlpExporter would send logs, too.
        .WithMetrics(metrics => metrics
            .AddMeter(RoomsMetrics.MeterName, TurnsMetrics.Name, SemanticKernel)
            .AddAspNetCoreInstrumentation()
            .AddHttpClientInstrumentation()
            .AddRuntimeInstrumentation()
            // Its connections. Not its spans: they would tell each command a second time, with the messages of exceptions.
            .AddMeter(StorageServices.TelemetryName)
            // A pool's name is its connection string, with the database and the user in it.
            .AddView(instrument => instrument.Meter.Name == StorageServices.TelemetryName
                ? new MetricStreamConfiguration { TagKeys = ["db.client.connection.state"] }
                : null)
            .AddOtlpExporter())
        .WithTracing(traces => traces
            .AddSource(TurnsMetrics.Name, TelemetryChatClient.SourceName, SemanticKernel)
            .AddAspNetCoreInstrumentation(requests =>
            {
                // A page's connection is no request: its span would last as long as the page, and each key pressed be one more.
                requests.EnableAspNetCoreSignalRSupport = false;
                requests.EnableRazorComponentsSupport = false;
                requests.Filter = context => !context.Request.Path.StartsWithSegments("/_blazor", StringComparison.Ordinal)
                    && !context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal);
            })
            .AddHttpClientInstrumentation()
            .AddEntityFrameworkCoreInstrumentation()
            // Before the exporter, which sends what it leaves.
            .AddProcessor<SpanDiscretion>()
            .AddOtlpExporter());
}
