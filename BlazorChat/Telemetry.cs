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
/// Sends metrics and traces by OTLP if the configuration names a collector with OpenTelemetry's own variables
/// (https://opentelemetry.io/docs/specs/otel/protocol/exporter/). They can be set in the environment or in any other source of settings.
/// Buffered data is sent when the host is disposed, not when it stops.
/// </summary>
internal static class Telemetry
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    // The kernel's functions. TelemetryChatClient already reports the requests to models, so Microsoft.Extensions.AI's sources are left out.
    private const string SemanticKernel = "Microsoft.SemanticKernel";

    public static WebApplicationBuilder AddTelemetry(this WebApplicationBuilder builder)
    {
        if (!string.IsNullOrEmpty(builder.Configuration[Endpoint]))
        {
            AddExporters(builder);
        }

        return builder;
    }

    // A separate method, so that exporters and instrumentation are loaded only if they are configured.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddExporters(WebApplicationBuilder builder) => builder.Services.AddOpenTelemetry()
        .ConfigureResource(resource => resource.AddService(builder.Configuration["OTEL_SERVICE_NAME"] ?? "blazorchat"))
        // One exporter per signal: UseOtlpExporter would also send logs.
        .WithMetrics(metrics => metrics
            .AddMeter(RoomsMetrics.MeterName, TurnsMetrics.Name, SemanticKernel)
            .AddAspNetCoreInstrumentation()
            .AddHttpClientInstrumentation()
            .AddRuntimeInstrumentation()
            // The database's connections. Its spans are left out: they would repeat each command, with the messages of exceptions.
            .AddMeter(StorageServices.TelemetryName)
            // Drops a pool's name: it is the connection string, with the database and the user in it.
            .AddView(instrument => instrument.Meter.Name == StorageServices.TelemetryName
                ? new MetricStreamConfiguration { TagKeys = ["db.client.connection.state"] }
                : null)
            .AddOtlpExporter())
        .WithTracing(traces => traces
            .AddSource(TurnsMetrics.Name, TelemetryChatClient.SourceName, SemanticKernel)
            .AddAspNetCoreInstrumentation(requests =>
            {
                // A page's connection is not a request: its span would last as long as the page, and every keystroke would add one.
                requests.EnableAspNetCoreSignalRSupport = false;
                requests.EnableRazorComponentsSupport = false;
                requests.Filter = context => !context.Request.Path.StartsWithSegments("/_blazor", StringComparison.Ordinal)
                    && !context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal);
            })
            .AddHttpClientInstrumentation()
            .AddEntityFrameworkCoreInstrumentation()
            // Before the exporter, which sends what is left.
            .AddProcessor<SpanDiscretion>()
            .AddOtlpExporter());
}
