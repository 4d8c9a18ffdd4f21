using Microsoft.AspNetCore.Components;

namespace BlazorChat.Components.Rooms;

/// <summary>
/// Renders what several components of a page change in one batch: the browser shows it at once, and acknowledges it once. While one
/// component renders, the renderer collects the others that ask for it. This component renders nothing itself.
/// </summary>
public sealed class OneBatch : IComponent
{
    private RenderHandle _handle;

    /// <summary>Runs work that asks components to render. Only on the circuit's dispatcher.</summary>
    public void Run(Action work) => _handle.Render(_ => work());

    /// <inheritdoc />
    public void Attach(RenderHandle renderHandle) => _handle = renderHandle;

    /// <inheritdoc />
    public Task SetParametersAsync(ParameterView parameters) => Task.CompletedTask;
}
