using System.ComponentModel;
using BlazorChat.Turns.Tools;
using Microsoft.SemanticKernel;

namespace BlazorChat.Samples;

/// <summary>A plugin of Semantic Kernel: its functions are the tools <c>orders_state</c> and <c>orders_cancel</c>.</summary>
public sealed class OrdersPlugin
{
    /// <summary>What stands in front of its functions' names.</summary>
    public const string Name = "orders";

    /// <summary>How far an order has come.</summary>
    [KernelFunction("state"), Description("Says how far an order of the shop has come.")]
    public static string State([Description("The order's number.")] int number, [FromKernelServices] OrderBook orders) =>
        orders.Find(number)?.State ?? throw new ToolFailedException($"There is no order {number}.");

    /// <summary>Cancels an order, once a person has agreed.</summary>
    [KernelFunction("cancel"), Description("Cancels an order of the shop."), NeedsApproval]
    public static string Cancel([Description("The order's number.")] int number, [FromKernelServices] OrderBook orders, [FromKernelServices] ToolCallContext call) =>
        orders.Refund(number) is null ? throw new ToolFailedException($"There is no order {number}.") : $"Order {number} was cancelled for {call.Request.RequestedBy.Name}.";
}
