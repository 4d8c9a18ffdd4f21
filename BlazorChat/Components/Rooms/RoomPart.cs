using BlazorChat.Languages;
using Microsoft.AspNetCore.Components;

namespace BlazorChat.Components.Rooms;

/// <summary>
/// A part of the room page. It renders when the aspects of the room that it watches change, not when its parent renders: another room
/// gets a new screen, so the parameters of a part never change.
/// </summary>
public abstract class RoomPart : ComponentBase, IDisposable
{
    private IDisposable? _watch;

    /// <summary>The page's view of the room.</summary>
    [Parameter, EditorRequired]
    public required RoomView View { get; set; }

    /// <summary>What the page says, in the viewer's language.</summary>
    protected Words Words => View.Words;

    /// <summary>The aspects of the room that this part shows.</summary>
    protected abstract RoomAspects Aspects { get; }

    /// <inheritdoc />
    public override Task SetParametersAsync(ParameterView parameters) =>
        _watch is null ? base.SetParametersAsync(parameters) : Task.CompletedTask;

    /// <summary>Stops watching. Safe to call more than once.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc />
    protected override void OnInitialized() => _watch = View.Watch(Aspects, OnRoomChanged);

    /// <summary>Called when a watched aspect has changed.</summary>
    protected virtual void OnRoomChanged() => StateHasChanged();

    /// <summary>Releases the part's resources.</summary>
    protected virtual void Dispose(bool disposing) => _watch?.Dispose();
}
