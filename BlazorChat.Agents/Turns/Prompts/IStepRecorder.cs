using Microsoft.Extensions.AI;

namespace BlazorChat.Turns.Prompts;

/// <summary>Takes down what a model was sent. Give it to a request as <see cref="TurnProperties.Recorder"/>.</summary>
internal interface IStepRecorder
{
    /// <summary>
    /// A request is about to be sent: behind all middleware and the assistant's defaults, before the provider puts it into its
    /// own format. Called once per attempt, so again for a repetition, and not at all when the response comes from a cache.
    /// Must be quick; one that throws fails the request.
    /// </summary>
    /// <param name="messages">Copies of the messages, to keep; the contents in them are shared with the request and must not be changed.</param>
    /// <param name="options">A copy of the options, to keep, without what begins with <see cref="TurnProperties.Prefix"/>.</param>
    void Sent(IReadOnlyList<ChatMessage> messages, ChatOptions options);
}
