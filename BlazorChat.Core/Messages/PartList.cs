using System.Collections.Immutable;
using BlazorChat.Rooms;

namespace BlazorChat.Messages;

/// <summary>The rules for combining parts, shared by the writer of a response, its viewers and its recovery.</summary>
internal static class PartList
{
    /// <summary>
    /// Appends text to the last part if that is of the same kind, otherwise adds a new part. Nothing is appended to reasoning that its
    /// provider has sealed.
    /// </summary>
    public static ImmutableArray<MessagePart> Append(ImmutableArray<MessagePart> parts, string text, bool isReasoning, int step) => parts switch
    {
        [.. var before, TextPart last] when !isReasoning && GoesOn(parts, step) => before.Add(last with { Text = last.Text + text }),
        [.. var before, ReasoningPart { ProtectedData: null } last] when isReasoning && GoesOn(parts, step) => before.Add(last with { Text = last.Text + text }),
        _ => parts.Add(isReasoning ? new ReasoningPart(text) { Step = step } : new TextPart(text) { Step = step }),
    };

    /// <summary>Assigns an id to each part without one, and a new id to each duplicate, since stored parts can be damaged.</summary>
    public static ImmutableArray<MessagePart> Numbered(ImmutableArray<MessagePart> parts)
    {
        if (AreNumbered(parts))
        {
            return parts;
        }

        var last = LastId(parts);
        var known = new HashSet<int> { 0 };
        return [.. parts.Select(p => known.Add(p.PartId) ? p : p with { PartId = ++last })];
    }

    /// <summary>The highest part id; 0 when there are no parts.</summary>
    public static int LastId(IEnumerable<MessagePart> parts) => parts.Select(p => p.PartId).DefaultIfEmpty().Max();

    /// <summary>
    /// Whether a step's text continues the last part: one of the same step, or of an earlier step that was cut off. The text of an earlier
    /// step that called tools is complete: the results of its calls come in between.
    /// </summary>
    public static bool GoesOn(IReadOnlyList<MessagePart> parts, int step)
    {
        var of = parts[^1].Step;
        return of == step || !parts.Any(p => p is ToolCallPart && p.Step == of);
    }

    /// <summary>The first step without a part. Data parts are ignored: they belong to the step of their tool.</summary>
    public static int NextStep(IEnumerable<MessagePart> parts) => parts.Where(p => p is not DataPart).Select(p => p.Step + 1).DefaultIfEmpty(0).Max();

    /// <summary>Replaces the data part with the same type and id, or adds the part at the end.</summary>
    public static ImmutableArray<DataPart> Put(ImmutableArray<DataPart> parts, DataPart data)
    {
        for (var i = 0; i < parts.Length; i++)
        {
            if (IsSame(parts[i], data))
            {
                return parts.SetItem(i, data);
            }
        }

        return parts.Add(data);
    }

    /// <summary>Adds transient data to a running response's; past the limit the oldest are dropped.</summary>
    public static ImmutableArray<DataPart> Show(ImmutableArray<DataPart> shown, DataPart data)
    {
        var next = Put(shown, data);
        return next.Length > RoomLimits.ShownData ? next.RemoveAt(0) : next;
    }

    // Parts are nearly always in order.
    private static bool AreNumbered(ImmutableArray<MessagePart> parts)
    {
        var last = 0;
        foreach (var part in parts)
        {
            if (part.PartId <= last)
            {
                return false;
            }

            last = part.PartId;
        }

        return true;
    }

    /// <summary>The Markdown of a text or reasoning part; null for other parts.</summary>
    public static string? TextOf(MessagePart part) => part switch
    {
        TextPart text => text.Text,
        ReasoningPart reasoning => reasoning.Text,
        _ => null,
    };

    /// <summary>Whether one data part replaces the other.</summary>
    public static bool IsSame(DataPart a, DataPart b) => a.Id is not null && a.Id == b.Id && a.Type == b.Type;
}
