using BlazorChat.Messages;
using BlazorChat.Turns;

namespace BlazorChat.Components.Layout;

/// <summary>
/// How assistants look: the picture that the configuration gives them, and the word beside their name that says what they
/// are. An assistant that has gone from the configuration since it wrote looks like any.
/// </summary>
/// <param name="assistants">Who can answer.</param>
public sealed class AssistantFaces(IAssistants assistants)
{
    /// <summary>One letter or emoji, or null for the common icon.</summary>
    public string? PictureOf(Author assistant) => assistants.Find(assistant.Id)?.Avatar;

    /// <summary>"AI" for a language model; "demo" for the built-in assistant, which is none.</summary>
    public string KindOf(Author assistant) => assistants.Find(assistant.Id) is { IsDemo: true } ? "demo" : "AI";
}
