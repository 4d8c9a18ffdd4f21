using System.Reflection;
using System.Text.Json;
using BlazorChat.Tests.Support;
using BlazorChat.Web;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.JSInterop;

namespace BlazorChat.Tests.Web;

/// <summary>What circuits send to their browsers is described once per circuit, and only what can be sent.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class InteropJsonTests
{
    private static readonly JsonSerializerOptions Described = new() { TypeInfoResolver = new InteropJson() };

    [Theory]
    [InlineData(typeof(IComparable<int>))]
    [InlineData(typeof(System.Numerics.INumber<int>))]
    [InlineData(typeof(IConvertible))]
    [InlineData(typeof(Enum))]
    [InlineData(typeof(IEnumerable<char>))]
    [InlineData(typeof(IReadOnlyCollection<KeyValuePair<string, int>>))]
    public void What_is_only_derived_from_is_not_described(Type type) => Assert.False(Described.TryGetTypeInfo(type, out _));

    [Theory]
    [InlineData(typeof(int))]
    [InlineData(typeof(Dictionary<Guid, long>))]
    [InlineData(typeof(IDictionary<string, int>))]
    [InlineData(typeof(IReadOnlyList<string>))]
    [InlineData(typeof(IEnumerable<int>))]
    [InlineData(typeof(System.Collections.IEnumerable))]
    [InlineData(typeof(MouseEventArgs))]
    [InlineData(typeof(ISpoken))]
    public void What_can_be_sent_is_described(Type type) => Assert.True(Described.TryGetTypeInfo(type, out _));

    [Fact]
    public void What_is_sent_is_the_same_as_without_it()
    {
        object?[] sent = [1, "text", Guid.Empty, null, DayOfWeek.Friday, new Dictionary<string, long> { ["a"] = 1 }, new[] { 1.5 }, new Spoken("word"), new { Read = (IReadOnlyList<int>)[1] }];
        Assert.Equal(JsonSerializer.Serialize(sent), JsonSerializer.Serialize(sent, Described));
    }

    [Fact]
    public async Task Every_circuits_runtime_has_it()
    {
        await using var chat = await ChatHost.StartAsync();
        await using var circuit = chat.App.Services.CreateAsyncScope();
        var runtime = circuit.ServiceProvider.GetRequiredService<IJSRuntime>();
        var options = (JsonSerializerOptions)typeof(JSRuntime).GetProperty("JsonSerializerOptions", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(runtime)!;
        Assert.IsType<InteropJson>(options.TypeInfoResolver);
    }

    private interface ISpoken
    {
        string Text { get; }
    }

    private sealed record Spoken(string Text) : ISpoken;
}
