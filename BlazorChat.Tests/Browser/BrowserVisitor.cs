using System.Collections.Concurrent;
using BlazorChat.Benchmarks.Circuits;
using Microsoft.Playwright;

namespace BlazorChat.Tests.Browser;

/// <summary>Somebody with a browser of their own, using the pages by the names that people and screen readers use.</summary>
public sealed class BrowserVisitor : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _complaints;

    private BrowserVisitor(IBrowserContext context, IPage page, string name, Uri address, ConcurrentQueue<string> complaints)
    {
        Context = context;
        Page = page;
        Name = name;
        Address = address;
        _complaints = complaints;
    }

    public IBrowserContext Context { get; }

    public IPage Page { get; }

    public string Name { get; }

    public Uri Address { get; }

    /// <summary>What the browser's console complained about: errors, policy violations, requests to other hosts.</summary>
    public IReadOnlyCollection<string> Complaints => _complaints;

    public ILocator Log => Page.GetByRole(AriaRole.Log, new() { Name = "Conversation" });

    public ILocator Articles => Log.GetByRole(AriaRole.Article);

    public ILocator Composer => Page.GetByRole(AriaRole.Textbox, new() { Name = "Message", Exact = true });

    public ILocator StopButton => Page.GetByRole(AriaRole.Button, new() { Name = "Stop", Exact = true });

    public ILocator RoomList => Page.GetByRole(AriaRole.Navigation, new() { Name = "Rooms" });

    public ILocator Heading => Page.GetByRole(AriaRole.Heading, new() { Level = 1 });

    /// <summary>Joins with a name in a browser context that nobody used before. The form is posted without a page, which would be half of the work.</summary>
    public static async Task<BrowserVisitor> JoinAsync(IBrowser browser, Uri address, string name, ColorScheme scheme = ColorScheme.Light, int width = 1280, int height = 800)
    {
        var visitor = await VisitAsync(browser, address, name, scheme, width, height);
        var request = visitor.Context.APIRequest;
        var form = await request.GetAsync(address.ToString());
        var filled = JoinForm.Fill(await form.TextAsync(), new Uri(form.Url), name);
        var fields = request.CreateFormData();
        foreach (var (field, value) in filled.Fields)
        {
            fields.Set(field, value);
        }

        // Where it leads to is opened in a page.
        await request.PostAsync(filled.Action.ToString(), new() { Form = fields, MaxRedirects = 0 });
        await visitor.OpenAsync("/");
        return visitor;
    }

    /// <summary>The same by the page, without waiting until the room's page is live.</summary>
    public static async Task<BrowserVisitor> VisitByPageAsync(IBrowser browser, Uri address, string name)
    {
        var visitor = await VisitAsync(browser, address, name, ColorScheme.Light, 1280, 800);
        await visitor.Page.GotoAsync(address.ToString());
        await visitor.Page.GetByRole(AriaRole.Textbox, new() { Name = "Your name" }).FillAsync(name);
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Join", Exact = true }).ClickAsync();
        return visitor;
    }

    /// <summary>The same by the page, as people do; whoever wants to looks at it before the name is entered.</summary>
    public static async Task<BrowserVisitor> JoinByPageAsync(
        IBrowser browser, Uri address, string name, ColorScheme scheme = ColorScheme.Light, int width = 1280, int height = 800, Func<IPage, Task>? look = null)
    {
        var visitor = await VisitAsync(browser, address, name, scheme, width, height);
        await visitor.Page.GotoAsync(address.ToString());
        await (look?.Invoke(visitor.Page) ?? Task.CompletedTask);
        await visitor.Page.GetByRole(AriaRole.Textbox, new() { Name = "Your name" }).FillAsync(name);
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Join", Exact = true }).ClickAsync();
        if (width < 640)
        {
            // The list of rooms is the start page.
            await visitor.RoomList.GetByRole(AriaRole.Link, new() { Name = "Lobby" }).ClickAsync();
        }

        await visitor.ReadyAsync();
        return visitor;
    }

    /// <summary>Another tab of the same person.</summary>
    public async Task<BrowserVisitor> NewTabAsync(string? url = null)
    {
        var page = await Context.NewPageAsync();
        await page.GotoAsync(url ?? Page.Url);
        var tab = new BrowserVisitor(Context, page, Name, Address, _complaints);
        await tab.ReadyAsync();
        return tab;
    }

    /// <summary>Waits until the page is live: the composer can be used.</summary>
    public async Task ReadyAsync()
    {
        await Assertions.Expect(Page.Locator("chat-composer[data-connected]")).ToBeAttachedAsync();
        await Assertions.Expect(Composer).ToBeEditableAsync();
    }

    public async Task OpenAsync(string url)
    {
        await Page.GotoAsync(new Uri(Address, url).ToString());
        await ReadyAsync();
    }

    public async Task SendAsync(string text)
    {
        await Composer.FillAsync(text);
        await Composer.PressAsync("Enter");
        await Assertions.Expect(Composer).ToHaveValueAsync("");
    }

    /// <summary>Opens the person's menu.</summary>
    public ILocator PersonButton => Page.GetByRole(AriaRole.Button, new() { Name = Name, Exact = true });

    /// <summary>The panel of the room's details.</summary>
    public ILocator Panel => Page.GetByRole(AriaRole.Complementary, new() { Name = "Room details" });

    /// <summary>What happens to a question while an answer is in progress, in the panel.</summary>
    public ILocator Overlap => Panel.GetByRole(AriaRole.Combobox, new() { Name = "If someone asks while an answer is in progress" });

    /// <summary>Opens the room's details, if they are not open, at one of their tabs.</summary>
    public async Task<ILocator> OpenPanelAsync(string tab = "About")
    {
        if (!await Panel.IsVisibleAsync())
        {
            await Page.GetByRole(AriaRole.Button, new() { Name = "Room details", Exact = true }).ClickAsync();
        }

        await Panel.GetByRole(AriaRole.Tab, new() { Name = tab }).ClickAsync();
        return Panel;
    }

    /// <summary>Opens the room's details where it says what happens to a question while an answer is in progress.</summary>
    public async Task<ILocator> OpenAdvancedAsync()
    {
        await OpenPanelAsync("Assistants & tools");
        if (!await Overlap.IsVisibleAsync())
        {
            await Panel.GetByText("Advanced").ClickAsync();
        }

        return Overlap;
    }

    public async Task ClosePanelAsync()
    {
        await Panel.GetByRole(AriaRole.Button, new() { Name = "Close room details" }).ClickAsync();
        await Assertions.Expect(Panel).ToHaveCountAsync(0);
    }

    public async Task CreateRoomAsync(string name)
    {
        var menu = Page.GetByRole(AriaRole.Button, new() { Name = "Rooms", Exact = true });
        if (await menu.IsVisibleAsync())
        {
            await menu.ClickAsync();
        }

        await Page.GetByRole(AriaRole.Button, new() { Name = "New room" }).ClickAsync();
        var dialog = Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByRole(AriaRole.Textbox, new() { Name = "Room name" }).FillAsync(name);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Create", Exact = true }).ClickAsync();
        await Assertions.Expect(Heading).ToHaveTextAsync(name);
        await ReadyAsync();
    }

    public ILocator ArticleBy(string author) =>
        Page.GetByRole(AriaRole.Article, new() { NameRegex = new System.Text.RegularExpressions.Regex("^" + author, System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)) });

    /// <summary>The HTML of an author's newest message, without what is the viewer's own (buttons, times, the renderer's empty comments).</summary>
    public async Task<string> BodyOfAsync(string author) =>
        (await ArticleBy(author).Last.Locator(".blocks").InnerHTMLAsync()).Replace("<!--!-->", "", StringComparison.Ordinal);

    /// <summary>Chooses from a message's menu.</summary>
    public async Task ChooseAsync(ILocator article, string item)
    {
        await article.HoverAsync();
        await article.GetByRole(AriaRole.Button, new() { Name = "More" }).ClickAsync();
        await Page.GetByRole(AriaRole.Group, new() { Name = "Message", Exact = true }).GetByRole(AriaRole.Button, new() { Name = item, Exact = true }).ClickAsync();
    }

    /// <summary>Chooses from the room's menu.</summary>
    public async Task ChooseAsync(string item)
    {
        await Page.GetByRole(AriaRole.Button, new() { Name = "Room menu" }).ClickAsync();
        await Page.GetByRole(AriaRole.Menuitem, new() { Name = item }).Or(Page.GetByRole(AriaRole.Button, new() { Name = item })).First.ClickAsync();
    }

    public async ValueTask DisposeAsync() => await Context.DisposeAsync();

    /// <summary>A browser context that nobody used before, on no page yet.</summary>
    public static async Task<BrowserVisitor> VisitAsync(IBrowser browser, Uri address, string name, ColorScheme scheme, int width, int height)
    {
        var context = await browser.NewContextAsync(new() { ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce, ViewportSize = new() { Width = width, Height = height } });
        context.SetDefaultTimeout(20_000);
        Assertions.SetDefaultExpectTimeout(20_000);
        var complaints = new ConcurrentQueue<string>();
        Watch(context, address, complaints);
        return new BrowserVisitor(context, await context.NewPageAsync(), name, address, complaints);
    }

    private static void Watch(IBrowserContext context, Uri address, ConcurrentQueue<string> complaints)
    {
        context.Console += (_, message) =>
        {
            // What a killed server causes in the browser's console is no complaint about the page.
            if (message.Type is "error" && !message.Text.Contains("ERR_CONNECTION", StringComparison.Ordinal) && !message.Text.Contains("WebSocket", StringComparison.Ordinal))
            {
                complaints.Enqueue(message.Text);
            }
        };
        context.WebError += (_, error) => complaints.Enqueue(error.Error);
        context.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(address.ToString(), StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal))
            {
                complaints.Enqueue("request to " + request.Url);
            }
        };
    }
}
