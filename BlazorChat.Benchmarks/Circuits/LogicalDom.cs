using System.Text;

namespace BlazorChat.Benchmarks.Circuits;

/// <summary>
/// What a browser would show of a circuit's components: applies render batches as blazor.web.js does, for their text
/// alone. Slower than looking for marks, so only a few viewers keep one; it is what says that a viewer's text is exact.
/// Edits and frames are numbered as in RenderTreeEditType and RenderTreeFrameType of ASP.NET Core.
/// </summary>
internal sealed class LogicalDom
{
    private readonly Dictionary<int, LogicalNode> _components = [];
    private readonly List<LogicalNode> _roots = [];
    private readonly Lock _lock = new();

    /// <summary>How many components the circuit has.</summary>
    public int ComponentCount
    {
        get
        {
            lock (_lock)
            {
                return _components.Count;
            }
        }
    }

    /// <summary>How many frames (elements, texts, attributes …) came in all batches.</summary>
    public int FrameCount { get; private set; }

    /// <summary>Applies a batch.</summary>
    /// <exception cref="FormatException">The batch does not fit what is there.</exception>
    public void Apply(RenderBatch batch)
    {
        lock (_lock)
        {
            FrameCount += batch.FrameCount;
            for (var i = 0; i < batch.UpdatedCount; i++)
            {
                var position = batch.UpdatedAt(i);
                ApplyEdits(batch, Component(batch.Int32At(position)), position + sizeof(int));
            }

            for (var i = 0; i < batch.DisposedCount; i++)
            {
                if (_components.Remove(batch.DisposedAt(i), out var ended))
                {
                    _roots.Remove(ended);
                }
            }
        }
    }

    /// <summary>All the text, in document order, without anything between the elements.</summary>
    public string Text()
    {
        lock (_lock)
        {
            var output = new StringBuilder();
            _roots.ForEach(root => root.WriteText(output));
            return output.ToString();
        }
    }

    private LogicalNode Component(int id)
    {
        if (!_components.TryGetValue(id, out var component))
        {
            component = _components[id] = new LogicalNode();
            _roots.Add(component);
        }

        return component;
    }

    private void ApplyEdits(RenderBatch batch, LogicalNode component, int position)
    {
        var current = component;
        var moves = new List<(LogicalNode Node, int To)>();
        var count = batch.Int32At(position);
        position += sizeof(int);
        for (var i = 0; i < count; i++, position += RenderBatch.EditLength)
        {
            var sibling = batch.Int32At(position + sizeof(int));
            var other = batch.Int32At(position + (2 * sizeof(int)));
            switch (batch.Int32At(position))
            {
                case 1: // prepend a frame
                    Insert(batch, current, sibling, other);
                    break;
                case 2: // remove a frame
                    Child(current, sibling);
                    current.Children.RemoveAt(sibling);
                    break;
                case 3 or 4: // set or remove an attribute
                    break;
                case 5: // update a text
                    Child(current, sibling).SetText(String(batch, batch.Frame(other, 1)));
                    break;
                case 6: // step into a child
                    current = Child(current, sibling);
                    break;
                case 7: // step out
                    current = current.Parent ?? throw new FormatException("A render batch leaves its component.");
                    break;
                case 8: // update a piece of markup
                    Child(current, sibling).SetMarkup(String(batch, batch.Frame(other, 1)));
                    break;
                case 9: // an entry of a permutation: from sibling to other
                    moves.Add((Child(current, sibling), other));
                    break;
                case 10: // the permutation's end
                    moves.ForEach(move => current.Children[move.To] = move.Node);
                    moves.Clear();
                    break;
                case var unknown:
                    throw new FormatException($"A render batch has an edit of type {unknown}.");
            }
        }
    }

    /// <returns>How many nodes were inserted: a region is as many as there are in it, a capture none.</returns>
    private int Insert(RenderBatch batch, LogicalNode parent, int sibling, int frame)
    {
        var node = new LogicalNode { Parent = parent };
        switch (batch.Frame(frame, 0))
        {
            case 1: // an element, its attributes, its content
                InsertAll(batch, node, 0, frame + 1, frame + batch.Frame(frame, 1));
                break;
            case 2: // a text
                node.SetText(String(batch, batch.Frame(frame, 1)));
                break;
            case 4: // a component, whose content comes as an update of its own
                _components[batch.Frame(frame, 2)] = node;
                break;
            case 5: // a region
                return InsertAll(batch, parent, sibling, frame + 1, frame + batch.Frame(frame, 1));
            case 8: // a piece of markup
                node.SetMarkup(String(batch, batch.Frame(frame, 1)));
                break;
            case 3 or 6 or 7 or 9 or 10: // an attribute, a reference's capture, a render mode, a named event
                return 0;
            case var unknown:
                throw new FormatException($"A render batch has a frame of type {unknown}.");
        }

        if (sibling < 0 || sibling > parent.Children.Count)
        {
            throw new FormatException("A render batch inserts a node where there is no place.");
        }

        parent.Children.Insert(sibling, node);
        return 1;
    }

    private int InsertAll(RenderBatch batch, LogicalNode parent, int sibling, int frame, int end)
    {
        var first = sibling;
        while (frame < end)
        {
            sibling += Insert(batch, parent, sibling, frame);
            var hasSubtree = batch.Frame(frame, 0) is 1 or 4 or 5;
            frame += hasSubtree ? Math.Max(1, batch.Frame(frame, 1)) : 1;
        }

        return sibling - first;
    }

    private static LogicalNode Child(LogicalNode parent, int index) =>
        index >= 0 && index < parent.Children.Count
            ? parent.Children[index]
            : throw new FormatException("A render batch changes a node that is not there.");

    // Null strings, such as an empty text, have the index -1.
    private static string String(RenderBatch batch, int index) => index < 0 ? "" : Encoding.UTF8.GetString(batch.StringAt(index));
}
