using BlazorChat.Text;
using BlazorChat.Turns.Kernels;
using BlazorChat.Rooms;
using Microsoft.Extensions.AI;

namespace BlazorChat.Turns.Prompts;

/// <summary>An assistant's own instructions for a step, with its template filled in.</summary>
internal sealed partial class AssistantInstructions(IServiceScopeFactory scopes, TimeProvider time, ILogger<AssistantInstructions> logger)
{
    /// <summary>The most characters of instructions.</summary>
    public const int MaxLength = 32_000;

    /// <summary>The instructions for work in a room that is known by id.</summary>
    public async Task<string> OfAsync(Assistant assistant, Guid roomId, Action<UsageDetails> count, CancellationToken cancellationToken)
    {
        if (assistant.Template is null)
        {
            return assistant.Instructions;
        }

        var scope = scopes.CreateAsyncScope();
        await using (scope.ConfigureAwait(false))
        {
            var room = await scope.ServiceProvider.GetRequiredService<IRoomStore>().FindAsync(roomId, cancellationToken).ConfigureAwait(false);
            return await RenderAsync(assistant, assistant.Template, room?.Name ?? "", scope.ServiceProvider, count, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The instructions for work in a room.</summary>
    /// <param name="assistant">The assistant.</param>
    /// <param name="room">The room.</param>
    /// <param name="count">Receives the tokens of prompts that the template's functions send to the assistant's model.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    /// <exception cref="ResponseFailedException">The template's functions failed, or the result is too long.</exception>
    public async Task<string> OfAsync(Assistant assistant, Room room, Action<UsageDetails> count, CancellationToken cancellationToken)
    {
        if (assistant.Template is null)
        {
            return assistant.Instructions;
        }

        var scope = scopes.CreateAsyncScope();
        await using (scope.ConfigureAwait(false))
        {
            return await RenderAsync(assistant, assistant.Template, room.Name, scope.ServiceProvider, count, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<string> RenderAsync(
        Assistant assistant, InstructionsTemplate template, string room, IServiceProvider scope, Action<UsageDetails> count, CancellationToken cancellationToken)
    {
        var kernel = AssistantKernel.ForScope(assistant.Kernel, scope, count);
        string text;
        try
        {
            text = await template.RenderAsync(kernel, room, assistant.Author.Name, DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime), cancellationToken).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The functions are external code: whatever they throw, people get a sentence.
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogFailed(e, assistant.Author.Id);
            throw new ResponseFailedException($"This server could not prepare the instructions of {assistant.Author.Name}.", e);
        }

        return text.Length <= MaxLength
            ? StorableText.From(text)
            : throw new ResponseFailedException($"The instructions of {assistant.Author.Name} are longer than {MaxLength:N0} characters once their template is filled in.");
    }

    [LoggerMessage(LogLevel.Error, "The instructions template of {AssistantId} failed.")]
    private partial void LogFailed(Exception exception, string assistantId);
}
