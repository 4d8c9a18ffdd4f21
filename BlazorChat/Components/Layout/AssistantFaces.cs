using System.Collections.Concurrent;
using BlazorChat.Languages;
using BlazorChat.Messages;
using BlazorChat.Text;
using BlazorChat.Turns;

namespace BlazorChat.Components.Layout;

/// <summary>
/// Gives an assistant's picture from the configuration, and the word beside its name that says what it is. An assistant that is no
/// longer configured gets the defaults.
/// </summary>
/// <param name="assistants">The configured assistants.</param>
public sealed class AssistantFaces(IAssistants assistants)
{
    private const int MostNames = 10_000;

    // Who was the first to be shown with a name that looks like this.
    private readonly ConcurrentDictionary<string, string> _names = new(StringComparer.Ordinal);

    /// <summary>Whether only the built-in demo assistant answers.</summary>
    public bool AreDemo => assistants.All.All(a => a.IsDemo);

    /// <summary>One letter or emoji, or null for the default icon.</summary>
    public string? PictureOf(Author assistant) => assistants.Find(assistant.Id)?.Avatar;

    /// <summary>"AI" for a language model; "demo" for the built-in assistant, which is not one.</summary>
    public string KindOf(Author assistant, Words words) => words[assistants.Find(assistant.Id) is { IsDemo: true } ? "Faces_Demo" : "Faces_Ai"];

    /// <summary>
    /// The words beside the name of a person or service whose name looks like an assistant's, or like that of somebody else who was shown
    /// before; null for none. Names are not unique, and nobody should take one speaker for another.
    /// </summary>
    internal string? LikenessOf(Author author, Words words)
    {
        if (author.Kind == AuthorKind.Assistant)
        {
            return null;
        }

        var skeleton = LookAlikes.SkeletonOf(author.Name);
        if (assistants.All.Any(a => LookAlikes.SkeletonOf(a.Author.Name) == skeleton))
        {
            return words["Faces_NotTheAssistant"];
        }

        if (_names.Count >= MostNames)
        {
            _names.Clear();
        }

        return _names.GetOrAdd(skeleton, author.Id) == author.Id ? null : words["Faces_NotTheOnlyOne"];
    }
}
