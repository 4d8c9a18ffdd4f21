using System.Globalization;
using Microsoft.SemanticKernel;

namespace BlazorChat.Turns.Kernels;

/// <summary>
/// Instructions of an assistant as a prompt template of Semantic Kernel. Who runs the server writes it: it may name the room, the
/// assistant and the day, and call functions of plugins, which nobody is asked about. What people write is only ever a value:
/// values are not expanded.
/// </summary>
public sealed class InstructionsTemplate
{
    private const string RoomVariable = "room";
    private const string AssistantVariable = "assistant";
    private const string TodayVariable = "today";

    // The result goes to the model as instructions, not through the parser of chat prompts: nothing is to be encoded.
    private static readonly KernelPromptTemplateFactory Factory = new() { AllowDangerouslySetContent = true };

    private readonly IPromptTemplate _template;

    private InstructionsTemplate(IPromptTemplate template) => _template = template;

    /// <summary>Reads a template.</summary>
    /// <param name="text">With <c>{{$room}}</c>, <c>{{$assistant}}</c>, <c>{{$today}}</c> and <c>{{plugin.function}}</c>.</param>
    /// <exception cref="FormatException">It is none, or has a variable that does not exist; the message says why.</exception>
    public static InstructionsTemplate Parse(string text)
    {
        // The template adds the variables that it finds.
        var config = new PromptTemplateConfig(text);
        IPromptTemplate template;
        try
        {
            template = Factory.Create(config);
        }
        catch (KernelException e)
        {
            throw new FormatException(e.Message, e);
        }

        return config.InputVariables.Find(v => v.Name is not (RoomVariable or AssistantVariable or TodayVariable)) is { } unknown
            ? throw new FormatException($"There is no variable ${unknown.Name}; there are ${RoomVariable}, ${AssistantVariable} and ${TodayVariable}.")
            : new InstructionsTemplate(template);
    }

    /// <summary>The instructions for one step.</summary>
    /// <param name="kernel">Has the functions that it calls.</param>
    /// <param name="room">The room's name.</param>
    /// <param name="assistant">The assistant's name.</param>
    /// <param name="today">The day.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="KernelException">It calls a function that there is not, or with arguments that the function does not take.</exception>
    public Task<string> RenderAsync(Kernel kernel, string room, string assistant, DateOnly today, CancellationToken cancellationToken) => _template.RenderAsync(
        kernel,
        new KernelArguments
        {
            [RoomVariable] = room,
            [AssistantVariable] = assistant,
            [TodayVariable] = today.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        },
        cancellationToken);
}
