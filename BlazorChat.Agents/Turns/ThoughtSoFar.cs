using Microsoft.Extensions.AI;

namespace BlazorChat.Turns;

/// <summary>
/// Says that the text of a response since its last reasoning was reasoning too. Some models' templates write the tag that opens their
/// reasoning themselves, so only the tag at its end shows what it was.
/// </summary>
internal static class ThoughtSoFar
{
    private const string Key = TurnProperties.Prefix + "thought";

    /// <summary>A content that says so to whoever reads the stream; to everyone else it is empty.</summary>
    public static TextReasoningContent Create() => new("") { AdditionalProperties = new() { [Key] = true } };

    /// <summary>Whether a content says so.</summary>
    public static bool Is(AIContent content) => content is TextReasoningContent { Text.Length: 0, AdditionalProperties: { } properties } && properties.ContainsKey(Key);

    /// <summary>Does in a whole response what it says.</summary>
    /// <param name="contents">The contents; changed.</param>
    public static void Apply(IList<AIContent> contents)
    {
        for (var i = 0; i < contents.Count; i++)
        {
            if (!Is(contents[i]))
            {
                continue;
            }

            contents.RemoveAt(i);
            for (var before = i - 1; before >= 0 && contents[before] is not TextReasoningContent; before--)
            {
                if (contents[before] is TextContent text)
                {
                    contents[before] = new TextReasoningContent(text.Text);
                }
            }

            i--;
        }
    }
}
