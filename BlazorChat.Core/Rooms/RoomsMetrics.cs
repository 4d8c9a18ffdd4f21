using System.Diagnostics.Metrics;

namespace BlazorChat.Rooms;

/// <summary>Metrics of rooms, on the meter <see cref="MeterName"/>.</summary>
internal sealed class RoomsMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "BlazorChat.Rooms";

    private readonly Meter _meter;

    /// <summary>Creates the meter.</summary>
    public RoomsMetrics(IMeterFactory meters) => _meter = meters.Create(MeterName);

    /// <inheritdoc />
    public void Dispose() => _meter.Dispose();

    internal void CountOpenRooms(Func<int> count) =>
        _meter.CreateObservableGauge("blazorchat.rooms.open", count, "{room}", "Rooms whose state is in memory.");
}
