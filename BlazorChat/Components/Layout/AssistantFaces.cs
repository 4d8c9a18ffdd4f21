using BlazorChat.Assistants;
using BlazorChat.Rooms;

namespace BlazorChat.Components.Layout;

/// <summary>
/// How assistants look: the picture that the configuration gives them, and the word beside their name that says what they
/// are. An assistant that has gone from the configuration since it wrote looks like any.
/// </summary>
/// <param name="directory">The configured assistants; null where answers come from elsewhere.</param>
public sealed class AssistantFaces(AssistantDirectory? directory = null)
{
    /// <summary>One letter or emoji, or null for the common icon.</summary>
    public string? PictureOf(Author assistant) => directory?.Find(assistant.Id)?.Avatar;

    /// <summary>"AI" for a language model; "demo" for the built-in assistant, which is none.</summary>
    public string KindOf(Author assistant) => directory?.Find(assistant.Id) is { IsDemo: true } ? "demo" : "AI";
}
