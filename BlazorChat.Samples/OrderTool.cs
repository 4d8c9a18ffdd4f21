using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Text.Json;
using BlazorChat.Messages;
using BlazorChat.Turns.Tools;
using Microsoft.AspNetCore.Mvc;

namespace BlazorChat.Samples;

/// <summary>A tool that streams preliminary results into its card and shows data in the response.</summary>
public static class OrderTool
{
    /// <summary>The tool's name.</summary>
    public const string Name = "find_order";

    /// <summary>Creates the tool; register it as a singleton.</summary>
    public static ChatTool Create() =>
        new(ChatFunctions.Create(FindAsync, Name, "Finds an order of the shop by its number."))
        {
            Title = "Find an order",
            Verb = new ToolVerb("Finding the order", "Found the order"),
            Source = "shop",
            Timeout = TimeSpan.FromSeconds(10),
        };

    private static async IAsyncEnumerable<string> FindAsync(
        [Description("The order's number.")] int number,
        [FromServices] OrderBook orders,
        ToolCallContext call,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return "Looking in the order book …";
        call.Publish(new DataPart(DataPart.Progress, "search", """{"label":"Searching"}"""), isTransient: true);
        await Task.Yield();
        cancellationToken.ThrowIfCancellationRequested();

        var order = orders.Find(number) ?? throw new ToolFailedException($"There is no order {number}.");
        call.Publish(new DataPart(OrderRenderer.DataType, $"{number}", JsonSerializer.Serialize(order, JsonSerializerOptions.Web)));
        yield return $"Order {order.Number}: {order.Item}, {order.Total:0.00}, {order.State}.";
    }
}
