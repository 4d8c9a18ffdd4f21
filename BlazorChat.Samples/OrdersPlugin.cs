using System.ComponentModel;
using BlazorChat.Turns.Tools;
using Microsoft.SemanticKernel;

namespace BlazorChat.Samples;

/// <summary>A Semantic Kernel plugin: its functions are the tools <c>orders_state</c> and <c>orders_cancel</c>.</summary>
public sealed class OrdersPlugin
{
    /// <summary>The prefix of its tools' names.</summary>
    public const string Name = "orders";

    /// <summary>The state of an order.</summary>
    [KernelFunction("state"), Description("Gets the state of an order of the shop.")]
    public static string State([Description("The order's number.")] int number, [FromKernelServices] OrderBook orders) =>
        orders.Find(number)?.State ?? throw new ToolFailedException($"There is no order {number}.");

    /// <summary>Cancels an order, after a person has approved it.</summary>
    [KernelFunction("cancel"), Description("Cancels an order of the shop."), NeedsApproval]
    public static string Cancel([Description("The order's number.")] int number, [FromKernelServices] OrderBook orders, [FromKernelServices] ToolCallContext call) =>
        orders.Refund(number) is null ? throw new ToolFailedException($"There is no order {number}.") : $"Order {number} was cancelled for {call.Request.RequestedBy.Name}.";
}
