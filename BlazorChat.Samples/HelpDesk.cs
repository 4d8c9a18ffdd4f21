using System.Text.Json;
using BlazorChat.Messages;
using BlazorChat.Turns.Hooks;
using BlazorChat.Turns.Tools;
using BlazorChat.Rooms;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.AI;

namespace BlazorChat.Samples;

/// <summary>An assistant in one file: server and browser tools, an approval rule, data, middleware, a hook, and an observer that posts.</summary>
public sealed class HelpDesk(RoomService rooms) : IStepHook, ITurnObserver
{
    private const string Id = "desk";

    /// <summary>Adds the assistant and everything that it uses. Try <c>@Desk desk_open_ticket {"text":"No light","urgent":true}</c>.</summary>
    public static void Add(WebApplicationBuilder builder)
    {
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Assistants:Items:1:Id"] = Id, ["Assistants:Items:1:Name"] = "Desk", ["Assistants:Items:1:Provider"] = TryoutProvider.ProviderName,
            ["Assistants:Items:1:Instructions"] = "You help the people in this building.", ["Assistants:Items:1:Tools:0"] = "desk_*", ["Assistants:Items:1:Tools:1"] = "get_time_zone",
            ["Assistants:Items:1:MaxSteps"] = "4", ["Assistants:Items:1:Middleware:0:Name"] = "redaction", ["Assistants:Items:1:Middleware:1:Name"] = TodayMiddleware.MiddlewareName,
        };
        builder.Configuration.Sources.Insert(0, new Microsoft.Extensions.Configuration.Memory.MemoryConfigurationSource { InitialData = settings });
        builder.Services.AddSingleton(new ChatTool(ChatFunctions.Create(OpenTicket, "desk_open_ticket", "Opens a ticket."))
        {
            Title = "Open a ticket", Verb = new ToolVerb("Opening a ticket", "Opened a ticket"), NeedsApproval = static (call, _) => new(JsonElement.Parse(call.Arguments).GetProperty("urgent").ValueKind != JsonValueKind.False),
        });
        builder.Services.AddSingleton<IStepHook, HelpDesk>().AddSingleton<ITurnObserver, HelpDesk>();
    }

    /// <inheritdoc />
    public ValueTask BeforeStepAsync(StepRequest step, CancellationToken cancellationToken)
    {
        if (step.Assistant.Id == Id && step.Request.TimeZone is null && step.Step == 0 && step.Messages.Any(m => m.Text.Contains("office hours", StringComparison.OrdinalIgnoreCase)))
        {
            step.Options.ToolMode = ChatToolMode.RequireSpecific("get_time_zone");
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc />
    public async ValueTask OnTurnEndedAsync(TurnOutcome ended, CancellationToken cancellationToken)
    {
        if (ended.Turn.AssistantId == Id && ended.Message.Status is MessageStatus.Failed)
        {
            await rooms.PostFromServerAsync(new Author(AuthorKind.Service, Id, "Desk"), ended.Turn.RoomId, ended.Message.Id,
                "The help desk can't answer right now. Please call 100.", asksForResponse: false, cancellationToken).ConfigureAwait(false);
        }
    }

    private static string OpenTicket(string text, bool urgent, ToolCallContext call, [FromServices] TimeProvider time)
    {
        call.Publish(new DataPart("ticket", call.CallId, JsonSerializer.Serialize(new { text, urgent, by = call.Request.RequestedBy.Name, at = time.GetUtcNow() })));
        return "The ticket is open.";
    }
}
