using AngleSharp.Dom;
using BlazorChat.Access;
using BlazorChat.Accounts;
using BlazorChat.Assistants.Mcp;
using BlazorChat.Components;
using BlazorChat.Components.Layout;
using BlazorChat.Components.Rooms;
using BlazorChat.Messages;
using BlazorChat.Turns;
using BlazorChat.Turns.Tools;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using BlazorChat.Web;
using Bunit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Forms;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.JSInterop;

namespace BlazorChat.Tests.Components;

/// <summary>Components on the real rooms of an application with a real store: only the browser is made up.</summary>
public sealed class PageHost : IAsyncDisposable
{
    private readonly List<BunitContext> _pages = [];

    private PageHost(ChatHost chat) => Chat = chat;

    public ChatHost Chat { get; }

    /// <summary>The clock of the pages.</summary>
    public FakeTimeProvider Time { get; } = new();

    public static async Task<PageHost> StartAsync(params string[] settings) => new(await ChatHost.StartAsync(settings: settings));

    public static async Task<PageHost> StartAsync(Action<WebApplicationBuilder> configure) => new(await ChatHost.StartAsync(configure));

    /// <summary>A person's page with a circuit behind it.</summary>
    public BunitContext Page(Person? person = null, AssistantFaces? faces = null)
    {
        var page = new BunitContext();
        page.JSInterop.Mode = JSRuntimeMode.Loose;
        page.Services.AddSingleton(Chat.Rooms);
        page.Services.AddSingleton(Chat.App.Services.GetRequiredService<PeopleDirectory>());
        page.Services.AddSingleton(Chat.App.Services.GetRequiredService<AccountAuthorizer>());
        page.Services.AddSingleton(Chat.App.Services.GetRequiredService<Newcomers>());
        page.Services.AddSingleton(Chat.Live);
        page.Services.AddSingleton(Chat.Responses);
        page.Services.AddSingleton(Chat.App.Services.GetRequiredService<ToolCatalog>());
        page.Services.AddSingleton<IAssistants>(Chat.Assistants);
        // Of the application, and so the same for all pages.
        page.Services.AddSingleton(Chat.App.Services.GetRequiredService<RoomTools>());
        page.Services.AddSingleton(Chat.App.Services.GetRequiredService<McpServers>());
        page.Services.AddSingleton(Chat.App.Services.GetRequiredService<BrowserCallClaims>());
        page.Services.AddSingleton(Chat.App.Services.GetRequiredService<ServerLook>());
        page.Services.AddSingleton<TimeProvider>(Time);
        page.Services.AddSingleton<AntiforgeryStateProvider>(new NoToken());
        page.Services.AddSingleton(faces ?? new AssistantFaces(Chat.Assistants));
        page.SetRendererInfo(new RendererInfo("Server", isInteractive: true));
        page.RenderTree.Add<CascadingValue<Visitor>>(p => p.Add(v => v.Value, new Visitor(person ?? ChatHost.Ada, TimeZoneInfo.Utc)));
        _pages.Add(page);
        return page;
    }

    /// <summary>A room as a person has it open.</summary>
    public IRenderedComponent<RoomScreen> Open(Room room, Person? person = null) => Open(room.Id, person);

    /// <summary>Waits for the page's heading: a room that is not in memory is read first.</summary>
    public IRenderedComponent<RoomScreen> Open(Guid roomId, Person? person = null, AssistantFaces? faces = null)
    {
        var screen = Page(person, faces).Render<RoomScreen>(p => p.Add(s => s.RoomId, roomId));
        screen.WaitForElement("h1", Guard.Patience);
        return screen;
    }

    /// <summary>What a page called in its browser.</summary>
    public JSRuntimeInvocationDictionary ScriptsOf<T>(IRenderedComponent<T> page)
        where T : IComponent =>
        _pages.Single(p => ReferenceEquals(p.Services.GetRequiredService<IJSRuntime>(), page.Services.GetRequiredService<IJSRuntime>())).JSInterop.Invocations;

    public async ValueTask DisposeAsync()
    {
        foreach (var page in _pages)
        {
            await page.DisposeAsync();
        }

        await Chat.DisposeAsync();
    }

    private sealed class NoToken : AntiforgeryStateProvider
    {
        public override AntiforgeryRequestToken? GetAntiforgeryToken() => null;
    }
}

internal static class Waiting
{
    /// <summary>Waits until the component's markup is as asserted.</summary>
    public static void Until<T>(this IRenderedComponent<T> component, Action assertion)
        where T : IComponent =>
        component.WaitForAssertion(assertion, Guard.Patience);

    /// <summary>Clicks as soon as there is what to click: what comes with a response's text may come a moment after it.</summary>
    /// <param name="component">The page.</param>
    /// <param name="selector">What to click.</param>
    /// <param name="text">What stands on it; null for whatever does.</param>
    public static async Task ClickAsync<T>(this IRenderedComponent<T> component, string selector, string? text = null)
        where T : IComponent
    {
        IElement? Find() => component.FindAll(selector).FirstOrDefault(e => text is null || e.TextContent.Trim() == text);
        component.Until(() => Assert.NotNull(Find()));
        await Find()!.ClickAsync(new());
    }

    /// <summary>Waits until a script of the page was called: nothing may be rendered then, so that <see cref="Until"/> would not look again.</summary>
    public static async Task CalledAsync(this JSRuntimeInvocationDictionary scripts, string function)
    {
        using var patience = new CancellationTokenSource(Guard.Patience);
        while (scripts[function].Count == 0)
        {
            await Task.Delay(5, patience.Token);
        }
    }
}
