using Microsoft.AspNetCore.Components;

namespace BlazorChat.Components.Rooms;

/// <summary>
/// A part of the room page that renders when what it watches of the room changed, and not because its parent rendered:
/// a screen is made anew for another room, so the parameters of its parts never change.
/// </summary>
public abstract class RoomPart : ComponentBase, IDisposable
{
    private IDisposable? _watch;

    /// <summary>The room.</summary>
    [Parameter, EditorRequired]
    public required RoomView View { get; set; }

    /// <summary>What of the room this part shows.</summary>
    protected abstract RoomAspects Aspects { get; }

    /// <inheritdoc />
    public override Task SetParametersAsync(ParameterView parameters) =>
        _watch is null ? base.SetParametersAsync(parameters) : Task.CompletedTask;

    /// <summary>Stops watching; safe to call more than once.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc />
    protected override void OnInitialized() => _watch = View.Watch(Aspects, OnRoomChanged);

    /// <summary>What this part shows changed.</summary>
    protected virtual void OnRoomChanged() => StateHasChanged();

    /// <summary>Lets go of what the part holds.</summary>
    protected virtual void Dispose(bool disposing) => _watch?.Dispose();
}
