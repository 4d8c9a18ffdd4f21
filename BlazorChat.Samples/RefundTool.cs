using System.ComponentModel;
using System.Text.Json;
using BlazorChat.Turns.Tools;
using Microsoft.AspNetCore.Mvc;

namespace BlazorChat.Samples;

/// <summary>A tool that needs a person's approval, depending on its arguments.</summary>
public static class RefundTool
{
    /// <summary>The tool's name.</summary>
    public const string Name = "refund_order";

    /// <summary>The highest amount that needs no approval.</summary>
    public const decimal WithoutApproval = 20m;

    /// <summary>Creates the tool; register it as a singleton.</summary>
    public static ChatTool Create() =>
        new(ChatFunctions.Create(Refund, Name, "Refunds an order."))
        {
            Title = "Refund an order",
            Verb = new ToolVerb("Refunding the order", "Refunded the order"),
            Source = "shop",
            NeedsApproval = NeedsApproval,
        };

    // The model's arguments must not be able to skip the approval: everything but a small amount needs it.
    private static ValueTask<bool> NeedsApproval(ToolCallContext call, CancellationToken cancellationToken)
    {
        var arguments = JsonElement.Parse(call.Arguments);
        return ValueTask.FromResult(!(arguments.TryGetProperty("amount", out var amount) && amount.TryGetDecimal(out var value) && value is >= 0 and <= WithoutApproval));
    }

    private static string Refund(
        [Description("The order's number.")] int number,
        [Description("The amount to refund.")] decimal amount,
        [FromServices] OrderBook orders)
    {
        if (orders.Find(number) is not { } order || amount <= 0 || amount > order.Total)
        {
            throw new ToolFailedException("There is no such order, or it did not cost that much.");
        }

        orders.Refund(number);
        return $"{amount:0.00} of order {number} was refunded.";
    }
}
