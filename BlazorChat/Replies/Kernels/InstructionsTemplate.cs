using BlazorChat.Rooms;
using Microsoft.SemanticKernel;

namespace BlazorChat.Replies.Kernels;

/// <summary>
/// Instructions of an assistant as a prompt template of Semantic Kernel: who runs the server writes it, and may name the room, the
/// assistant and the day, and call functions of plugins. What people write is only ever a value: values are not expanded.
/// </summary>
public sealed class InstructionsTemplate
{
    // The result goes to the model as instructions, not through the parser of chat prompts: nothing is to be encoded.
    private static readonly KernelPromptTemplateFactory Factory = new() { AllowDangerouslySetContent = true };

    private readonly IPromptTemplate _template;

    /// <summary>Reads a template.</summary>
    /// <exception cref="KernelException">It is none; the message says why.</exception>
    public InstructionsTemplate(string text) => _template = Factory.Create(new PromptTemplateConfig(text));

    /// <summary>The instructions for one step.</summary>
    public Task<string> RenderAsync(Kernel kernel, Room room, Author assistant, DateTimeOffset now, CancellationToken cancellationToken) =>
        _template.RenderAsync(kernel, new KernelArguments { ["room"] = room.Name, ["assistant"] = assistant.Name, ["today"] = now.ToString("yyyy-MM-dd") }, cancellationToken);
}
