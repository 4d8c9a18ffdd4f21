using BlazorChat.Replies;
using BlazorChat.Rooms;

namespace BlazorChat.Assistants;

/// <summary>The configured assistants as those who answer in rooms.</summary>
internal sealed class AssistantResponders(AssistantDirectory assistants) : IResponders
{
    public IReadOnlyList<Author> All { get; } = [.. assistants.All.Select(ToAuthor)];

    public Responder? Find(string assistantId) => assistants.Find(assistantId) is { } assistant
        ? new Responder(ToAuthor(assistant), assistant.Instructions, assistant.PromptTokens, assistants.GetKernel(assistant.Id))
        {
            Template = assistant.Template,
            Provider = assistant.Provider,
            IsDemo = assistant.IsDemo,
            Model = assistant.Model,
            Tools = assistant.Tools,
            Delegates = assistant.Delegates,
            MaxSteps = assistant.MaxSteps,
            MaxToolErrors = assistant.MaxToolErrors,
            ToolTimeout = assistant.ToolTimeout,
            Recovery = assistant.Recovery,
            MaxRecoveries = assistant.MaxRecoveries,
            RecoveryWindow = assistant.RecoveryWindow,
            Context = assistant.Context,
            Prices = assistant.Prices,
        }
        : null;

    private static Author ToAuthor(Assistant assistant) => new(AuthorKind.Assistant, assistant.Id, assistant.Name);
}
