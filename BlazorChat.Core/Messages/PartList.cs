using System.Collections.Immutable;
using BlazorChat.Rooms;

namespace BlazorChat.Messages;

/// <summary>The rules by which parts come together: the same for who writes a response, who watches it, and who recovers it.</summary>
internal static class PartList
{
    /// <summary>Adds text: to the last part when that is of its kind, otherwise as a part of its own. Reasoning that its provider has sealed is not added to.</summary>
    public static ImmutableArray<MessagePart> Append(ImmutableArray<MessagePart> parts, string text, bool isReasoning, int step) => parts switch
    {
        [.. var before, TextPart last] when !isReasoning && GoesOn(parts, step) => before.Add(last with { Text = last.Text + text }),
        [.. var before, ReasoningPart { ProtectedData: null } last] when isReasoning && GoesOn(parts, step) => before.Add(last with { Text = last.Text + text }),
        _ => parts.Add(isReasoning ? new ReasoningPart(text) { Step = step } : new TextPart(text) { Step = step }),
    };

    /// <summary>Gives an id to each part that has none, and to one whose id another has already: what is stored can be damaged.</summary>
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

    /// <summary>The highest id among parts; 0 when there is none.</summary>
    public static int LastId(IEnumerable<MessagePart> parts) => parts.Select(p => p.PartId).DefaultIfEmpty().Max();

    /// <summary>
    /// Whether what a step says goes on in the last part. That of an earlier step does when it was cut off; behind a call of its step it
    /// is whole: the results that this step knows come between.
    /// </summary>
    public static bool GoesOn(IReadOnlyList<MessagePart> parts, int step)
    {
        var of = parts[^1].Step;
        return of == step || !parts.Any(p => p is ToolCallPart && p.Step == of);
    }

    /// <summary>The first step of which nothing is there. Data say nothing of it: they are of the step of their tool.</summary>
    public static int NextStep(IEnumerable<MessagePart> parts) => parts.Where(p => p is not DataPart).Select(p => p.Step + 1).DefaultIfEmpty(0).Max();

    /// <summary>Puts data among others: in the place of those with the same type and id, otherwise at the end.</summary>
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

    /// <summary>Data that are shown while a response runs, with more of them: past the bound the oldest go.</summary>
    public static ImmutableArray<DataPart> Show(ImmutableArray<DataPart> shown, DataPart data)
    {
        var next = Put(shown, data);
        return next.Length > RoomLimits.ShownData ? next.RemoveAt(0) : next;
    }

    // Nearly always in order.
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

    /// <summary>The Markdown of a part that is text; null for others.</summary>
    public static string? TextOf(MessagePart part) => part switch
    {
        TextPart text => text.Text,
        ReasoningPart reasoning => reasoning.Text,
        _ => null,
    };

    /// <summary>Whether data take the place of others.</summary>
    public static bool IsSame(DataPart a, DataPart b) => a.Id is not null && a.Id == b.Id && a.Type == b.Type;
}
