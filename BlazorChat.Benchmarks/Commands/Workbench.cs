using BlazorChat.Benchmarks.Circuits;
using BlazorChat.Benchmarks.Report;
using BlazorChat.Benchmarks.Server;
using BlazorChat.Benchmarks.Stub;

namespace BlazorChat.Benchmarks.Commands;

/// <summary>A model's stub and the app that talks to it: what every command begins with.</summary>
internal sealed class Workbench : IAsyncDisposable
{
    private Workbench(ModelStub model, AppProcess app)
    {
        Model = model;
        App = app;
    }

    /// <summary>The model's server.</summary>
    public ModelStub Model { get; }

    /// <summary>The app.</summary>
    public AppProcess App { get; }

    /// <summary>Pins this process where that is possible, and prints the machine.</summary>
    /// <returns>Whether it is pinned.</returns>
    public static async Task<bool> PrepareAsync(CancellationToken cancellationToken)
    {
        var pinned = await CorePinning.TryPinClientAsync(cancellationToken);
        Console.WriteLine(Machine.Describe(pinned));
        return pinned;
    }

    /// <summary>Starts both.</summary>
    public static async Task<Workbench> StartAsync(string assembly, bool pinned, CancellationToken cancellationToken)
    {
        var model = await ModelStub.StartAsync(cancellationToken);
        try
        {
            return new Workbench(model, await AppProcess.StartAsync(assembly, model.Endpoint, pinned, cancellationToken));
        }
        catch
        {
            await model.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Lets some viewers connect, watch a short, fast response and leave, so that the code that is measured later is
    /// compiled, and compiled well.
    /// </summary>
    public async Task WarmUpAsync(int viewers, CancellationToken cancellationToken)
    {
        var room = await App.CreateRoomAsync(history: 0, cancellationToken);
        foreach (var compress in new[] { true, false })
        {
            await using var fleet = await CircuitFleet.ConnectAsync(App.Address, room.Path, viewers, compress, cancellationToken);
            var response = Model.Plan(tokens: 500, tokensPerSecond: 100);
            await App.PostMessageAsync(room, "Warm up, please.", cancellationToken);
            await response.Sent.WaitAsync(TimeSpan.FromSeconds(60), cancellationToken);
            await fleet.WaitForQuietAsync(TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(20), cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        await Model.DisposeAsync();
    }
}
