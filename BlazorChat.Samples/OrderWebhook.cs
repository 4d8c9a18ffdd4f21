using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Turns;

namespace BlazorChat.Samples;

/// <summary>An event of the shop about an order.</summary>
/// <param name="EventId">The sender's id of the event. Sending the same id again posts no second message.</param>
/// <param name="RoomId">The room to post in.</param>
/// <param name="Number">The order's number.</param>
/// <param name="Text">The message for people.</param>
public sealed record OrderEvent(Guid EventId, Guid RoomId, int Number, string Text);

/// <summary>A webhook that posts a message and asks for a response to it.</summary>
public static class OrderWebhook
{
    /// <summary>The path of the webhook.</summary>
    public const string Path = "/hooks/orders";

    /// <summary>The header with the secret from the setting <c>Samples:WebhookSecret</c>. Without the setting, every event is refused.</summary>
    public const string SecretHeader = "X-Webhook-Secret";

    private static readonly Author Shop = new(AuthorKind.Service, "shop", "Shop");

    /// <summary>Adds the webhook to the application.</summary>
    public static void Map(WebApplication app) =>
        app.MapPost(Path, async (OrderEvent said, HttpRequest request, IConfiguration settings, RoomService rooms, CancellationToken cancellationToken) =>
        {
            // Messages from the server pass no authorizer, so access is decided here.
            if (!IsKnown(request.Headers[SecretHeader].ToString(), settings["Samples:WebhookSecret"]))
            {
                return Results.Unauthorized();
            }

            var about = new TurnRequest(Shop) { Data = ImmutableDictionary<string, string>.Empty.Add("order", $"{said.Number}") };
            var posted = await rooms.PostFromServerAsync(
                Shop, said.RoomId, said.EventId, said.Text, asksForResponse: true, cancellationToken, about).ConfigureAwait(false);
            return posted.Error is { } error ? Results.Problem(error.Message, statusCode: StatusCodes.Status409Conflict) : Results.Accepted();
        });

    private static bool IsKnown(string given, string? secret) =>
        !string.IsNullOrEmpty(secret) && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(secret));
}
