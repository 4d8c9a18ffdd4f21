using System.ComponentModel;
using System.Runtime.CompilerServices;
using BlazorChat.Turns.Tools;
using BlazorChat.Rooms;

namespace BlazorChat.Assistants.Tools;

/// <summary><c>search_messages</c>: searches the messages of this room only.</summary>
internal static class SearchTool
{
    private const int MostResults = 20;
    private const int ExcerptLength = 400;

    public static ChatTool Create(IRoomStore store)
    {
        return new ChatTool(ChatFunctions.Create(
            SearchAsync, "search_messages", "Finds messages of this room that contain a text, whatever the case, newest first. Gives who wrote them, when, and the text around the hit."))
        {
            Title = "Search this room",
            Verb = new ToolVerb("Searching this room", "Searched this room"),
            Source = BuiltInTools.Source,
        };

        async IAsyncEnumerable<object> SearchAsync(
            ToolCallContext call,
            [Description("The text to look for, 1 to 200 characters.")] string query,
            [Description("The most messages to return, 1 to 20.")] int count = 10,
            [EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            if (string.IsNullOrWhiteSpace(query) || query.Length > RoomLimits.QueryLength)
            {
                throw new ToolFailedException($"The text to look for must have 1 to {RoomLimits.QueryLength} characters.");
            }

            if (count is < 1 or > MostResults)
            {
                throw new ToolFailedException($"The number of messages must be 1 to {MostResults}; it is {count}.");
            }

            yield return "Searching…";
            var found = await store.SearchAsync(call.RoomId, call.Readers.FirstMessageOf(call.RoomId), query, count, cancellationToken).ConfigureAwait(false);
            call.ShowCount(found.Count);
            if (found.Count == 0)
            {
                yield return $"None of the newest {RoomLimits.SearchedMessages:N0} messages in this room contains this text.";
            }
            else
            {
                yield return found.Select(message => new Hit(
                    message.Author.Name, message.CreatedAt.ToString("yyyy-MM-ddTHH:mm:ssZ"), Excerpt(message.Text, query))).ToList();
            }
        }
    }

    /// <summary>The text, or the part around the first match, with an ellipsis where something is left out.</summary>
    private static string Excerpt(string text, string query)
    {
        if (text.Length <= ExcerptLength)
        {
            return text;
        }

        var hit = Math.Max(0, text.IndexOf(query, StringComparison.OrdinalIgnoreCase));
        var start = Math.Clamp(hit - ((ExcerptLength - query.Length) / 2), 0, text.Length - ExcerptLength);
        var end = start + ExcerptLength;
        // Never cut within a surrogate pair.
        start += char.IsLowSurrogate(text[start]) ? 1 : 0;
        end -= char.IsHighSurrogate(text[end - 1]) ? 1 : 0;
        return $"{(start > 0 ? "…" : "")}{text[start..end]}{(end < text.Length ? "…" : "")}";
    }

    private sealed record Hit(string Author, string At, string Text);
}
