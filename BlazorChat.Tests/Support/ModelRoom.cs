using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Tests.Assistants.Providers;
using Microsoft.AspNetCore.Builder;

namespace BlazorChat.Tests.Support;

/// <summary>A room of the whole application, nothing of it replaced, whose one assistant asks a <see cref="ModelStub"/>.</summary>
public sealed class ModelRoom : IAsyncDisposable
{
    private int _asked;

    private ModelRoom(ModelWire wire, ModelStub stub, ChatHost host, Room room, RoomWatch watch)
    {
        Wire = wire;
        Stub = stub;
        Host = host;
        Room = room;
        Watch = watch;
    }

    public ModelWire Wire { get; }

    public ModelStub Stub { get; }

    public ChatHost Host { get; }

    public Room Room { get; }

    public RoomWatch Watch { get; }

    /// <summary>Starts it.</summary>
    /// <param name="protocol">Name of the wire protocol.</param>
    /// <param name="idle">The assistant's idle time-out.</param>
    /// <param name="retries">How often a request may be repeated.</param>
    /// <param name="settings">Further settings as <c>--Key=Value</c>.</param>
    /// <param name="configure">Last changes to services.</param>
    public static async Task<ModelRoom> StartAsync(
        string protocol, TimeSpan? idle = null, int retries = 0, string[]? settings = null, Action<WebApplicationBuilder>? configure = null)
    {
        var wire = ModelWire.Named(protocol);
        var stub = await ModelStub.StartAsync();
        var host = await ChatHost.StartConfiguredAsync(
            [.. AssistantRoom.Assistant(0, "Model", protocol, stub.Address, $"IdleTimeout={idle ?? TimeSpan.FromSeconds(30)}", $"RetryAttempts={retries}"), .. settings ?? []],
            builder =>
            {
                ModelWire.AddProviders(builder.Services);
                configure?.Invoke(builder);
            });
        var room = await host.RoomAsync();
        await host.LetMembersAsync(room);
        return new ModelRoom(wire, stub, host, room, await host.WatchAsync(room));
    }

    /// <summary>Posts a message that the assistant will answer.</summary>
    public async Task AskAsync(string text = "Hello")
    {
        _asked++;
        await Host.PostAsync(Room, text);
    }

    /// <summary>Waits until everything that was asked has been answered.</summary>
    /// <returns>The last response.</returns>
    public Task<Message> EndedAsync() => Watch.EndedAsync(_asked);

    /// <summary>Posts a message and waits for the end of its response.</summary>
    public async Task<Message> AnswerAsync(string text = "Hello")
    {
        await AskAsync(text);
        return await EndedAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Watch.Dispose();
        await Host.DisposeAsync();
        await Stub.DisposeAsync();
    }
}
