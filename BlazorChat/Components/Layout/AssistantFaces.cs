using BlazorChat.Messages;
using BlazorChat.Turns;

namespace BlazorChat.Components.Layout;

/// <summary>
/// Gives an assistant's picture from the configuration, and the word beside its name that says what it is. An assistant that is no
/// longer configured gets the defaults.
/// </summary>
/// <param name="assistants">The configured assistants.</param>
public sealed class AssistantFaces(IAssistants assistants)
{
    /// <summary>Whether only the built-in demo assistant answers.</summary>
    public bool AreDemo => assistants.All.All(a => a.IsDemo);

    /// <summary>One letter or emoji, or null for the default icon.</summary>
    public string? PictureOf(Author assistant) => assistants.Find(assistant.Id)?.Avatar;

    /// <summary>"AI" for a language model; "demo" for the built-in assistant, which is not one.</summary>
    public string KindOf(Author assistant) => assistants.Find(assistant.Id) is { IsDemo: true } ? "demo" : "AI";
}
