using System.Collections.Concurrent;

namespace BlazorChat.Samples;

/// <summary>An order of the shop that the samples are about.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Item">What was ordered.</param>
/// <param name="Total">What it cost.</param>
/// <param name="State">How far it has come.</param>
public sealed record Order(int Number, string Item, decimal Total, string State);

/// <summary>The shop's orders: stands for a service of one's own that tools use.</summary>
public sealed class OrderBook
{
    private readonly ConcurrentDictionary<int, Order> _orders = new(new Dictionary<int, Order>
    {
        [17] = new(17, "A kettle", 49.90m, "delivered"),
        [18] = new(18, "Two cups", 12.00m, "on its way"),
    });

    /// <summary>One order, or null.</summary>
    public Order? Find(int number) => _orders.GetValueOrDefault(number);

    /// <summary>Gives money back.</summary>
    /// <returns>The order as it is now, or null when there is none.</returns>
    public Order? Refund(int number) =>
        _orders.TryGetValue(number, out var order) ? _orders[number] = order with { State = "refunded" } : null;
}
