using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Support;

/// <summary>What one application, and no other of the process, has measured since this was made.</summary>
public sealed class Figures : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<Figure> _all = new();

    public Figures(WebApplication app)
    {
        var meters = app.Services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, meters))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>Every measurement of an instrument, in order.</summary>
    public IReadOnlyList<Figure> Of(string instrument) => [.. _all.Where(figure => figure.Instrument == instrument)];

    /// <summary>What an instrument that is asked for its value says now.</summary>
    public double Now(string instrument)
    {
        _listener.RecordObservableInstruments();
        return Of(instrument)[^1].Value;
    }

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _all.Enqueue(new Figure(instrument.Name, value, tags.ToArray().ToDictionary(tag => tag.Key, tag => tag.Value, StringComparer.Ordinal)));
}

/// <summary>One measurement.</summary>
public sealed record Figure(string Instrument, double Value, IReadOnlyDictionary<string, object?> Tags);
