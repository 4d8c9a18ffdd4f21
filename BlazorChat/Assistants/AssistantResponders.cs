using BlazorChat.Replies;
using BlazorChat.Rooms;

namespace BlazorChat.Assistants;

/// <summary>The configured assistants as those who answer in rooms.</summary>
internal sealed class AssistantResponders(AssistantDirectory assistants) : IResponders
{
    public IReadOnlyList<Author> All { get; } = [.. assistants.All.Select(ToAuthor)];

    public Responder? Find(string assistantId) => assistants.Find(assistantId) is { } assistant
        ? new Responder(ToAuthor(assistant), assistant.Instructions, assistant.PromptTokens, assistants.GetChatClient(assistant.Id))
        : null;

    private static Author ToAuthor(Assistant assistant) => new(AuthorKind.Assistant, assistant.Id, assistant.Name);
}
