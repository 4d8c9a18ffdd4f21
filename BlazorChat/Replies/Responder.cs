using BlazorChat.Rooms;
using Microsoft.Extensions.AI;

namespace BlazorChat.Replies;

/// <summary>An assistant as a turn needs it.</summary>
/// <param name="Author">Its id and name, as the author of answers.</param>
/// <param name="Instructions">What the model is told before everything else; empty for none.</param>
/// <param name="PromptTokens">How many tokens of the room go into one prompt, estimated.</param>
/// <param name="Client">
/// The model. Fails only with <see cref="ReplyFailedException"/> or, when the caller's token was cancelled, at once with
/// <see cref="OperationCanceledException"/>.
/// </param>
public sealed record Responder(Author Author, string Instructions, int PromptTokens, IChatClient Client);

/// <summary>Who can answer.</summary>
public interface IResponders
{
    /// <summary>All, in the configured order; at least one. The first answers when nobody is mentioned.</summary>
    IReadOnlyList<Author> All { get; }

    /// <summary>One of them, or null when it is not configured (any more).</summary>
    Responder? Find(string assistantId);
}
