using System.ComponentModel;
using System.Text.Json;
using BlazorChat.Turns.Tools;
using Microsoft.AspNetCore.Mvc;

namespace BlazorChat.Samples;

/// <summary>A tool that needs a person's yes, depending on what it is called with.</summary>
public static class RefundTool
{
    /// <summary>The tool's name.</summary>
    public const string Name = "refund_order";

    /// <summary>Up to this amount nobody is asked.</summary>
    public const decimal WithoutApproval = 20m;

    /// <summary>Makes the tool, to be registered as a singleton.</summary>
    public static ChatTool Create() =>
        new(ChatFunctions.Create(Refund, Name, "Gives back what an order cost."))
        {
            Source = "shop",
            NeedsApproval = NeedsApproval,
        };

    // What a model writes is no reason to skip the question: anything but a small amount is asked about.
    private static ValueTask<bool> NeedsApproval(ToolCallContext call, CancellationToken cancellationToken)
    {
        var arguments = JsonElement.Parse(call.Arguments);
        return ValueTask.FromResult(!(arguments.TryGetProperty("amount", out var amount) && amount.TryGetDecimal(out var value) && value is >= 0 and <= WithoutApproval));
    }

    private static string Refund(
        [Description("The order's number.")] int number,
        [Description("How much to give back.")] decimal amount,
        [FromServices] OrderBook orders)
    {
        if (orders.Find(number) is not { } order || amount <= 0 || amount > order.Total)
        {
            throw new ToolFailedException("There is no such order, or it did not cost that much.");
        }

        orders.Refund(number);
        return $"{amount:0.00} of order {number} was given back.";
    }
}
