using System.Collections.Concurrent;

namespace BlazorChat.Samples;

/// <summary>An order in the samples' shop.</summary>
/// <param name="Number">The order's number.</param>
/// <param name="Item">The ordered item.</param>
/// <param name="Total">The price.</param>
/// <param name="State">The state of the order, in words.</param>
public sealed record Order(int Number, string Item, decimal Total, string State);

/// <summary>The shop's orders: stands in for your own service that tools use.</summary>
public sealed class OrderBook
{
    private readonly ConcurrentDictionary<int, Order> _orders = new(new Dictionary<int, Order>
    {
        [17] = new(17, "A kettle", 49.90m, "delivered"),
        [18] = new(18, "Two cups", 12.00m, "on its way"),
    });

    /// <summary>Finds an order; null if there is none.</summary>
    public Order? Find(int number) => _orders.GetValueOrDefault(number);

    /// <summary>Refunds an order.</summary>
    /// <returns>The changed order, or null if there is none.</returns>
    public Order? Refund(int number) =>
        _orders.TryGetValue(number, out var order) ? _orders[number] = order with { State = "refunded" } : null;
}
