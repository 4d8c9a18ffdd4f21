using Microsoft.Extensions.AI;

namespace BlazorChat.Turns.Prompts;

/// <summary>Records what is sent to a model. Pass it with a request as <see cref="TurnProperties.Recorder"/>.</summary>
internal interface IStepRecorder
{
    /// <summary>
    /// Called when a request is about to be sent: after all middleware and the assistant's defaults, before the provider converts it to its
    /// own format. Called once per attempt, so retries call it again. Not called when the response comes from a cache. Must be quick; an
    /// exception fails the request.
    /// </summary>
    /// <param name="messages">Copies of the messages, to keep. Their contents are shared with the request and must not be changed.</param>
    /// <param name="options">A copy of the options, to keep, without the properties that begin with <see cref="TurnProperties.Prefix"/>.</param>
    void Sent(IReadOnlyList<ChatMessage> messages, ChatOptions options);
}
