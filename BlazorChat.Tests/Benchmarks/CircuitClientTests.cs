using BlazorChat.Benchmarks.Circuits;
using BlazorChat.Benchmarks.Stub;
using BlazorChat.Tests.Support;
using Microsoft.AspNetCore.Components;

namespace BlazorChat.Tests.Benchmarks;

/// <summary>The headless client against a real circuit.</summary>
[Trait(nameof(Kind), Kind.Host)]
public class CircuitClientTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_sees_every_mark_that_the_server_renders(bool compress)
    {
        await using var app = await LiveApp.StartAsync();
        await using var client = new CircuitClient(app.Address, compress);
        using var limit = new CancellationTokenSource(Limit);
        client.Log.Expect(5);

        await client.StartAsync(await client.LoadAsync("/live", limit.Token), limit.Token);
        var text = "";
        for (var mark = 0; mark < 50; mark++)
        {
            text += $" {new TokenMark(5, mark)}";
            await app.Stage.ShowAsync(Content(text), limit.Token);
        }

        await UntilAsync(() => client.Log.Seen == 50, limit.Token);
        Assert.Null(client.Failure);
        Assert.NotNull(client.Log.BytesBetween(0, 49));
    }

    [Fact]
    public async Task Compression_makes_fewer_bytes_of_the_same_text()
    {
        Assert.True(await BytesAsync(compress: true) * 2 < await BytesAsync(compress: false));

        static async Task<long> BytesAsync(bool compress)
        {
            await using var app = await LiveApp.StartAsync();
            await using var client = new CircuitClient(app.Address, compress);
            using var limit = new CancellationTokenSource(Limit);
            client.Log.Expect(5);
            await client.StartAsync(await client.LoadAsync("/live", limit.Token), limit.Token);
            var before = client.Wire.Received;
            var words = string.Concat(Enumerable.Repeat("many words ", 2000));
            await app.Stage.ShowAsync(Content(words + new TokenMark(5, 0)), limit.Token);
            await UntilAsync(() => client.Log.Seen == 1, limit.Token);
            return client.Wire.Received - before;
        }
    }

    [Fact]
    public async Task Closing_the_client_ends_its_circuit_at_once()
    {
        await using var app = await LiveApp.StartAsync();
        using var limit = new CancellationTokenSource(Limit);
        await using (var client = new CircuitClient(app.Address, compress: false))
        {
            await client.StartAsync(await client.LoadAsync("/live", limit.Token), limit.Token);
            Assert.False(app.Stage.Left.IsCompleted);
        }

        await app.Stage.Left.WaitAsync(limit.Token);
    }

    [Fact]
    public async Task An_error_in_the_component_is_told_as_the_circuits_failure()
    {
        await using var app = await LiveApp.StartAsync();
        await using var client = new CircuitClient(app.Address, compress: false);
        using var limit = new CancellationTokenSource(Limit);
        await client.StartAsync(await client.LoadAsync("/live", limit.Token), limit.Token);

        await app.Stage.ShowAsync(_ => throw new InvalidOperationException("There is nothing to show."), limit.Token);

        await UntilAsync(() => client.Failure is not null, limit.Token);
        Assert.Contains("error", client.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_without_live_components_is_refused()
    {
        await using var app = await LiveApp.StartAsync();
        await using var client = new CircuitClient(app.Address, compress: false);
        using var limit = new CancellationTokenSource(Limit);
        var page = await client.LoadAsync("/still", limit.Token);

        await Assert.ThrowsAsync<InvalidOperationException>(() => client.StartAsync(page, limit.Token));
    }

    private static RenderFragment Content(string text) => builder => builder.AddContent(0, text);

    private static async Task UntilAsync(Func<bool> condition, CancellationToken cancellationToken)
    {
        while (!condition())
        {
            await Task.Delay(10, cancellationToken);
        }
    }
}
