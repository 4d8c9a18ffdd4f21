using BlazorChat.Rooms;
using BlazorChat.Text;

namespace BlazorChat.Turns;

/// <summary>
/// An assistant answers if it is mentioned with @name, outside of code: who shows <c>`@name`</c> to others asks nobody. If none is mentioned, the first one answers when the room's answer mode allows it.
/// </summary>
internal sealed class MentionResponseRules(IAssistants assistants, IProseReader prose) : IResponseRules
{
    public bool CanAnswer(string assistantId) => assistants.Find(assistantId) is not null;

    public IReadOnlyList<string> Choose(Room room, string text)
    {
        text = text.Contains('@', StringComparison.Ordinal) ? prose.Read(text) : text;
        // Longest names first: "@Ada Two" must not match "@Ada".
        var byLength = assistants.All.OrderByDescending(a => a.Name.Length).ToList();
        var mentioned = new List<string>();
        for (var at = text.IndexOf('@', StringComparison.Ordinal); at >= 0; at = text.IndexOf('@', at + 1))
        {
            // The @ of an email address is not a mention.
            if (at > 0 && char.IsLetterOrDigit(text[at - 1]))
            {
                continue;
            }

            var rest = text.AsSpan(at + 1);
            foreach (var assistant in byLength)
            {
                if (rest.StartsWith(assistant.Name, StringComparison.OrdinalIgnoreCase)
                    && (rest.Length == assistant.Name.Length || !char.IsLetterOrDigit(rest[assistant.Name.Length])))
                {
                    if (!mentioned.Contains(assistant.Id, StringComparer.Ordinal))
                    {
                        mentioned.Add(assistant.Id);
                    }

                    break;
                }
            }
        }

        return mentioned.Count > 0 ? mentioned
            : room.AnswerMode == AnswerMode.Always ? [assistants.All[0].Id]
            : [];
    }
}
