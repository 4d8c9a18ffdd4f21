using System.Diagnostics.Metrics;

namespace BlazorChat.Rooms;

/// <summary>Figures about rooms and viewers, on the meter <see cref="MeterName"/>.</summary>
public sealed class RoomsMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "BlazorChat.Rooms";

    private readonly Meter _meter;
    private readonly UpDownCounter<int> _viewers;
    private readonly Histogram<double> _frame;

    /// <summary>Makes the instruments.</summary>
    public RoomsMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(MeterName);
        _viewers = _meter.CreateUpDownCounter<int>("blazorchat.viewers", "{viewer}", "Circuits that follow a room.");
        _frame = _meter.CreateHistogram<double>("blazorchat.frame.duration", "s", "Time to compose a frame of a room and to queue its notices.");
    }

    /// <inheritdoc />
    public void Dispose() => _meter.Dispose();

    internal void ViewerJoined() => _viewers.Add(1);

    internal void ViewerLeft() => _viewers.Add(-1);

    internal void Frame(TimeSpan duration) => _frame.Record(duration.TotalSeconds);

    internal void CountOpenRooms(Func<int> count) =>
        _meter.CreateObservableGauge("blazorchat.rooms.open", count, "{room}", "Rooms whose state is in memory.");
}
