using BlazorChat.Turns.Prompts;

namespace BlazorChat.Turns;

/// <summary>
/// What a request tells those between the caller and the provider: keys of
/// <see cref="Microsoft.Extensions.AI.ChatOptions.AdditionalProperties"/>. None of them reaches a provider.
/// </summary>
public static class TurnProperties
{
    /// <summary>What all of them begin with; whatever begins so is removed before the provider is asked.</summary>
    public const string Prefix = "blazorchat.";

    /// <summary>The room that the response is for: a <see cref="Guid"/>.</summary>
    public const string Room = Prefix + "room";

    /// <summary>Who wants to know what exactly is sent: an <see cref="IStepRecorder"/>.</summary>
    internal const string Recorder = Prefix + "recorder";

    /// <summary><c>true</c> for a response that no cache has had before: somebody asked for another one.</summary>
    public const string Fresh = Prefix + "fresh";

    /// <summary><c>true</c> to ask the provider for the whole response at once, since its model cannot stream; it comes as a stream all the same.</summary>
    public const string Whole = Prefix + "whole";
}
