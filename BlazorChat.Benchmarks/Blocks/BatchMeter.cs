using System.Text;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.RenderTree;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace BlazorChat.Benchmarks.Blocks;

#pragma warning disable BL0006 // The bytes of a batch can only be counted from the renderer's own types.

/// <summary>
/// A renderer that counts the bytes of each batch as a circuit would send it, without a circuit: the same components give the same count
/// every time, on any machine.
/// </summary>
internal sealed class BatchMeter() : Renderer(new ServiceCollection().BuildServiceProvider(), NullLoggerFactory.Instance)
{
    // The call around a batch (its name, its number) and the batch's own tables.
    private const int BytesPerBatch = 64;

    private const int BytesPerComponent = 12;

    private const int BytesPerEdit = 16;

    private const int BytesPerFrame = 20;

    // A string's length and its place in the table.
    private const int BytesPerString = 6;

    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>Bytes of all batches so far.</summary>
    public long Bytes { get; private set; }

    /// <inheritdoc />
    public override Dispatcher Dispatcher { get; } = Dispatcher.CreateDefault();

    /// <summary>Renders a component and returns it.</summary>
    public async Task<T> AddAsync<T>(ParameterView parameters)
        where T : IComponent
    {
        var component = (T)InstantiateComponent(typeof(T));
        var id = AssignRootComponentId(component);
        await Dispatcher.InvokeAsync(() => RenderRootComponentAsync(id, parameters));
        return component;
    }

    /// <inheritdoc />
    protected override Task UpdateDisplayAsync(in RenderBatch renderBatch)
    {
        Bytes += BytesPerBatch + (4L * renderBatch.DisposedComponentIDs.Count) + (BytesPerFrame * renderBatch.ReferenceFrames.Count);
        for (var i = 0; i < renderBatch.UpdatedComponents.Count; i++)
        {
            var edits = renderBatch.UpdatedComponents.Array[i].Edits;
            Bytes += BytesPerComponent + ((long)BytesPerEdit * edits.Count);
            foreach (var edit in edits)
            {
                Bytes += edit.Type == RenderTreeEditType.RemoveAttribute ? BytesOf(edit.RemovedAttributeName) : 0;
            }
        }

        // A batch has each name and value of an attribute once, but content each time.
        _names.Clear();
        for (var i = 0; i < renderBatch.ReferenceFrames.Count; i++)
        {
            ref var frame = ref renderBatch.ReferenceFrames.Array[i];
            Bytes += frame.FrameType switch
            {
                RenderTreeFrameType.Element => BytesOnce(frame.ElementName),
                RenderTreeFrameType.Attribute => BytesOnce(frame.AttributeName) + BytesOnce(frame.AttributeValue as string),
                RenderTreeFrameType.Markup => BytesOf(frame.MarkupContent),
                RenderTreeFrameType.Text => BytesOf(frame.TextContent),
                _ => 0,
            };
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc />
    protected override void HandleException(Exception exception) => throw new InvalidOperationException("A component failed.", exception);

    private int BytesOnce(string? text) => text is not null && _names.Add(text) ? BytesOf(text) : 0;

    private static int BytesOf(string? text) => text is null ? 0 : BytesPerString + Encoding.UTF8.GetByteCount(text);
}
