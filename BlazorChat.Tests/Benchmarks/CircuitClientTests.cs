using BlazorChat.Benchmarks.Circuits;
using BlazorChat.Benchmarks.Stub;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.JSInterop;

namespace BlazorChat.Tests.Benchmarks;

/// <summary>The headless client against a real circuit of a page with one live component.</summary>
public class CircuitClientTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_sees_every_mark_that_the_server_renders(bool compress)
    {
        await using var app = await StartAsync();
        var source = app.Services.GetRequiredService<TextSource>();
        await using var client = new CircuitClient(new Uri(app.Urls.First()), compress);
        using var limit = new CancellationTokenSource(Limit);
        client.Log.Expect(5);

        await client.StartAsync(await client.LoadAsync("/live", limit.Token), limit.Token);
        await source.ModuleLoaded.WaitAsync(limit.Token);
        var text = "";
        for (var mark = 0; mark < 50; mark++)
        {
            text += $" {new TokenMark(5, mark)}";
            await source.ShowAsync(text);
        }

        while (client.Log.Seen < 50)
        {
            await Task.Delay(10, limit.Token);
        }

        Assert.Null(client.Failure);
        Assert.True(client.Batches > 1);
        Assert.NotNull(client.Log.BytesBetween(0, 49));
    }

    [Fact]
    public async Task Closing_the_client_ends_its_circuit_at_once()
    {
        await using var app = await StartAsync();
        var source = app.Services.GetRequiredService<TextSource>();
        using var limit = new CancellationTokenSource(Limit);
        await using (var client = new CircuitClient(new Uri(app.Urls.First()), compress: false))
        {
            await client.StartAsync(await client.LoadAsync("/live", limit.Token), limit.Token);
            Assert.False(source.Disposed.IsCompleted);
        }

        await source.Disposed.WaitAsync(limit.Token);
    }

    [Fact]
    public async Task An_error_in_the_component_is_told_as_the_circuits_failure()
    {
        await using var app = await StartAsync();
        var source = app.Services.GetRequiredService<TextSource>();
        await using var client = new CircuitClient(new Uri(app.Urls.First()), compress: false);
        using var limit = new CancellationTokenSource(Limit);
        await client.StartAsync(await client.LoadAsync("/live", limit.Token), limit.Token);
        await source.ModuleLoaded.WaitAsync(limit.Token);

        await source.ShowAsync(null);
        while (client.Failure is null)
        {
            await Task.Delay(10, limit.Token);
        }

        Assert.Contains("error", client.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_without_live_components_is_refused()
    {
        await using var app = await StartAsync();
        await using var client = new CircuitClient(new Uri(app.Urls.First()), compress: false);
        using var limit = new CancellationTokenSource(Limit);
        var page = await client.LoadAsync("/still", limit.Token);

        await Assert.ThrowsAsync<InvalidOperationException>(() => client.StartAsync(page, limit.Token));
    }

    private static async Task<WebApplication> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddRazorComponents().AddInteractiveServerComponents();
        builder.Services.AddSingleton<TextSource>();
        var app = builder.Build();
        app.UseAntiforgery();
        app.MapGet("/live", () => new RazorComponentResult<LivePage>());
        app.MapGet("/still", () => Results.Content("<p>Nothing lives here.</p>", "text/html"));
        app.MapRazorComponents<LivePage>().AddInteractiveServerRenderMode();
        await app.StartAsync();
        return app;
    }

    /// <summary>What the test says to the live component, and hears from it.</summary>
    internal sealed class TextSource
    {
        private readonly TaskCompletionSource _moduleLoaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Func<string?, Task> ShowAsync { get; set; } = _ => Task.CompletedTask;

        public Task ModuleLoaded => _moduleLoaded.Task;

        public Task Disposed => _disposed.Task;

        public void Load() => _moduleLoaded.TrySetResult();

        public void Dispose() => _disposed.TrySetResult();
    }

    /// <summary>The document, with the live component in it.</summary>
    internal sealed class LivePage : ComponentBase
    {
        protected override void BuildRenderTree(RenderTreeBuilder builder)
        {
            builder.AddMarkupContent(0, "<base href=\"/\">");
            builder.OpenComponent<LiveText>(1);
            builder.AddComponentRenderMode(RenderMode.InteractiveServer);
            builder.CloseComponent();
        }
    }

    /// <summary>Shows the latest text, and breaks on none.</summary>
    internal sealed class LiveText : ComponentBase, IDisposable
    {
        private string? _text = "";

        [Inject]
        internal TextSource Source { get; set; } = null!;

        [Inject]
        internal IJSRuntime JavaScript { get; set; } = null!;

        public void Dispose()
        {
            if (RendererInfo.IsInteractive)
            {
                Source.Dispose();
            }
        }

        protected override void BuildRenderTree(RenderTreeBuilder builder) =>
            builder.AddContent(0, _text ?? throw new InvalidOperationException("There is no text."));

        protected override async Task OnAfterRenderAsync(bool firstRender)
        {
            if (firstRender)
            {
                Source.ShowAsync = text => InvokeAsync(() =>
                {
                    _text = text;
                    StateHasChanged();
                });
                await using var module = await JavaScript.InvokeAsync<IJSObjectReference>("import", "./module.js");
                Source.Load();
            }
        }
    }
}
