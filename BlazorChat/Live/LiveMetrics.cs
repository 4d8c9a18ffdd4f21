using System.Diagnostics.Metrics;
using BlazorChat.Rooms;

namespace BlazorChat.Live;

/// <summary>Metrics of viewers and frames, on the meter <see cref="RoomsMetrics.MeterName"/>.</summary>
internal sealed class LiveMetrics : IDisposable
{
    private readonly Meter _meter;
    private readonly UpDownCounter<int> _viewers;
    private readonly Histogram<double> _frame;

    public LiveMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(RoomsMetrics.MeterName);
        _viewers = _meter.CreateUpDownCounter<int>("blazorchat.viewers", "{viewer}", "Circuits that follow a room.");
        _frame = _meter.CreateHistogram<double>("blazorchat.frame.duration", "s", "Time to compose a frame of a room and queue its notices.");
    }

    public void Dispose() => _meter.Dispose();

    public void ViewerJoined() => _viewers.Add(1);

    public void ViewerLeft() => _viewers.Add(-1);

    public void Frame(TimeSpan duration) => _frame.Record(duration.TotalSeconds);
}
