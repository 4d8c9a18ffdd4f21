using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Benchmarks.Server;

/// <summary>
/// The probe's requests, answered to callers on this machine alone:
/// <c>GET /benchmark/sample?collect=true</c>, <c>POST /benchmark/rooms?history=10000</c>, and
/// <c>POST /benchmark/messages?room=ID</c> with the text as its body.
/// </summary>
internal static class ProbeEndpoints
{
    /// <summary>Where they begin.</summary>
    public const string Path = "/benchmark";

    /// <summary>Answers one request.</summary>
    public static async Task HandleAsync(HttpContext context)
    {
        var response = context.Connection.RemoteIpAddress is { } caller && IPAddress.IsLoopback(caller)
            ? await AnswerAsync(context.Request, context.RequestAborted)
            : Results.NotFound();
        await response.ExecuteAsync(context);
    }

    private static async Task<IResult> AnswerAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var services = request.HttpContext.RequestServices;
        switch (request.Method, request.Path.Value)
        {
            case ("GET", "/sample"):
                return Results.Json(ServerSample.Take(request.Query["collect"] == "true"));

            case ("POST", "/rooms"):
                var created = await services.GetRequiredService<IRoomDriver>().CreateRoomAsync(cancellationToken);
                if (int.Parse(request.Query["history"].ToString()) is > 0 and var messages)
                {
                    await services.GetRequiredService<IHistorySeeder>().SeedAsync(created, messages, cancellationToken);
                }

                return Results.Json(created);

            case ("POST", "/messages"):
                var room = Guid.Parse(request.Query["room"].ToString());
                using (var reader = new StreamReader(request.Body))
                {
                    var text = await reader.ReadToEndAsync(cancellationToken);
                    await services.GetRequiredService<IRoomDriver>().PostMessageAsync(room, text, cancellationToken);
                }

                return Results.NoContent();

            default:
                return Results.NotFound();
        }
    }
}
