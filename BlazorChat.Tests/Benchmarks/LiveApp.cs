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

/// <summary>A real server with one live component at /live, which shows what the test gives it, and a still page at /still.</summary>
internal sealed class LiveApp : IAsyncDisposable
{
    private readonly WebApplication _app;

    private LiveApp(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.First());

    public Stage Stage => _app.Services.GetRequiredService<Stage>();

    public static async Task<LiveApp> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddRazorComponents().AddInteractiveServerComponents();
        builder.Services.AddSingleton<Stage>();
        var app = builder.Build();
        app.UseAntiforgery();
        app.MapGet("/live", () => new RazorComponentResult<Document>());
        app.MapGet("/still", () => Results.Content("<p>Nothing lives here.</p>", "text/html"));
        app.MapRazorComponents<Document>().AddInteractiveServerRenderMode();
        await app.StartAsync();
        return new LiveApp(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private sealed class Document : ComponentBase
    {
        protected override void BuildRenderTree(RenderTreeBuilder builder)
        {
            builder.AddMarkupContent(0, "<base href=\"/\">");
            builder.OpenComponent<Actor>(1);
            builder.AddComponentRenderMode(RenderMode.InteractiveServer);
            builder.CloseComponent();
        }
    }

    private sealed class Actor : ComponentBase, IDisposable
    {
        private RenderFragment _content = builder => builder.AddContent(0, "Nothing yet.");

        [Inject]
        internal Stage Stage { get; set; } = null!;

        [Inject]
        internal IJSRuntime JavaScript { get; set; } = null!;

        public void Dispose()
        {
            if (RendererInfo.IsInteractive)
            {
                Stage.Leave();
            }
        }

        protected override void BuildRenderTree(RenderTreeBuilder builder) => builder.AddContent(0, _content);

        protected override async Task OnAfterRenderAsync(bool firstRender)
        {
            if (firstRender)
            {
                await using var module = await JavaScript.InvokeAsync<IJSObjectReference>("import", "./module.js");
                Stage.Enter(content => InvokeAsync(() =>
                {
                    _content = content;
                    StateHasChanged();
                }));
            }
        }
    }
}

/// <summary>Where the test and the live component meet.</summary>
internal sealed class Stage
{
    private readonly TaskCompletionSource<Func<RenderFragment, Task>> _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the component's circuit has ended.</summary>
    public Task Left => _left.Task;

    /// <summary>Lets the component show something, once it is live and its JavaScript calls were answered.</summary>
    public async Task ShowAsync(RenderFragment content, CancellationToken cancellationToken)
    {
        var show = await _entered.Task.WaitAsync(cancellationToken);
        await show(content);
    }

    public void Enter(Func<RenderFragment, Task> show) => _entered.TrySetResult(show);

    public void Leave() => _left.TrySetResult();
}
