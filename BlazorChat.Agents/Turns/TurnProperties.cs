using BlazorChat.Turns.Prompts;

namespace BlazorChat.Turns;

/// <summary>
/// Keys of <see cref="Microsoft.Extensions.AI.ChatOptions.AdditionalProperties"/> that carry information from the caller to the clients of
/// the pipeline. None of them reaches a provider.
/// </summary>
public static class TurnProperties
{
    /// <summary>The prefix of all these keys. Everything with this prefix is removed before the provider is asked.</summary>
    public const string Prefix = "blazorchat.";

    /// <summary>The room of the response: a <see cref="Guid"/>.</summary>
    public const string Room = Prefix + "room";

    /// <summary>An <see cref="IStepRecorder"/> that records exactly what is sent.</summary>
    internal const string Recorder = Prefix + "recorder";

    /// <summary><c>true</c> for a response that must not come from a cache, because someone asked for another one.</summary>
    public const string Fresh = Prefix + "fresh";

    /// <summary><c>true</c> to ask the provider for the whole response at once, because its model cannot stream; the caller still gets a stream.</summary>
    public const string Whole = Prefix + "whole";
}
