using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using BlazorChat.Messages;
using BlazorChat.Turns;
using BlazorChat.Turns.Tools;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.AI;

namespace BlazorChat.Samples;

/// <summary>A complaint, as a model extracts it from a text.</summary>
/// <param name="Subject">The subject in a few words.</param>
/// <param name="Urgency">From 1 (someday) to 5 (now).</param>
public sealed record Complaint(
    [MaxLength(80), Description("The subject in a few words.")] string Subject,
    [Range(1, 5), Description("From 1 (someday) to 5 (now).")] int Urgency);

/// <summary>A tool that asks its assistant's own model for a typed object.</summary>
public static class ComplaintTool
{
    /// <summary>The tool's name.</summary>
    public const string Name = "file_complaint";

    /// <summary>Creates the tool; register it as a singleton.</summary>
    public static ChatTool Create() =>
        new(ChatFunctions.Create(FileAsync, Name, "Files a complaint in the customer's own words."))
        {
            Title = "File a complaint",
            Verb = new ToolVerb("Filing a complaint", "Filed a complaint"),
            Source = "shop",
        };

    private static async Task<string> FileAsync(
        [Description("What the customer said.")] string text,
        [FromServices] IAssistants assistants,
        ToolCallContext call,
        CancellationToken cancellationToken)
    {
        var model = assistants.Find(call.Assistant.Id)?.Client ?? throw new ToolFailedException("The assistant is no longer available.");
        var read = await StructuredOutput.GetAsync<Complaint>(model, [new ChatMessage(ChatRole.User, text)], options: null, cancellationToken).ConfigureAwait(false);
        call.CountTokens(read.Usage);
        call.Publish(new DataPart("complaint", call.CallId, JsonSerializer.Serialize(read.Value, JsonSerializerOptions.Web)));
        return $"Filed with urgency {read.Value.Urgency}: {read.Value.Subject}";
    }
}
