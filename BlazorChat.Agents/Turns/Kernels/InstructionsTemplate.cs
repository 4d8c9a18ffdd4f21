using System.Globalization;
using Microsoft.SemanticKernel;

namespace BlazorChat.Turns.Kernels;

/// <summary>
/// An assistant's instructions as a Semantic Kernel prompt template. The operator writes it: it may name the room, the assistant and the
/// day, and call plugin functions, which run without approval. Text that people write enters only as values, which are not expanded.
/// </summary>
public sealed class InstructionsTemplate
{
    private const string RoomVariable = "room";
    private const string AssistantVariable = "assistant";
    private const string TodayVariable = "today";

    // The result is sent as instructions and does not pass the parser of chat prompts, so nothing needs encoding.
    private static readonly KernelPromptTemplateFactory Factory = new() { AllowDangerouslySetContent = true };

    private readonly IPromptTemplate _template;

    private InstructionsTemplate(IPromptTemplate template) => _template = template;

    /// <summary>Parses a template.</summary>
    /// <param name="text">May contain <c>{{$room}}</c>, <c>{{$assistant}}</c>, <c>{{$today}}</c> and <c>{{plugin.function}}</c>.</param>
    /// <exception cref="FormatException">The text is not a template, or has an unknown variable; the message says why.</exception>
    public static InstructionsTemplate Parse(string text)
    {
        // The template adds its variables to the configuration.
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
            ? throw new FormatException($"There is no variable ${unknown.Name}. The variables are ${RoomVariable}, ${AssistantVariable} and ${TodayVariable}.")
            : new InstructionsTemplate(template);
    }

    /// <summary>Fills in the template for one step.</summary>
    /// <param name="kernel">Supplies the functions that the template calls.</param>
    /// <param name="room">The room's name.</param>
    /// <param name="assistant">The assistant's name.</param>
    /// <param name="today">The day.</param>
    /// <param name="cancellationToken">Cancels the rendering.</param>
    /// <exception cref="KernelException">The template calls a function that does not exist, or with arguments that it does not accept.</exception>
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
