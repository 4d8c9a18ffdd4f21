using AngleSharp.Dom;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using BlazorChat.Turns.Tools;
using Bunit;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Components;

/// <summary>Several calls fold into one line, which is true while they run; what people decide about stays beside it.</summary>
[Trait(nameof(Kind), Kind.Component)]
public sealed class ToolStepsTests : IAsyncLifetime
{
    private readonly TaskCompletionSource<string> _slow = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private PageHost _host = null!;
    private Room _room = null!;

    public async Task InitializeAsync()
    {
        _host = await PageHost.StartAsync(builder =>
        {
            builder.Services.AddSingleton(Tool("look", () => "seen", "Look", "Looking", "Looked"));
            builder.Services.AddSingleton(Tool("wait", () => _slow.Task, "Wait for it", "Waiting for it", "Waited for it"));
            builder.Services.AddSingleton(new ChatTool(ChatFunctions.Create(() => "sent", "send", "Sends it.")) { Title = "Send it", Verb = new ToolVerb("Sending it", "Sent it"), NeedsApproval = ChatTool.Always });
        });
        _room = await _host.Chat.RoomAsync();
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task One_line_says_what_runs_and_then_how_many_there_were()
    {
        var page = _host.Open(_room);
        await _host.Chat.PostAsync(_room, "Go");
        (await _host.Chat.Model.NextAsync()).Call("c1", "look").Call("c2", "wait").Call("c3", "missing").Finish();
        page.Until(() => Assert.Equal("Waiting for it…", Line(page)));
        Assert.Equal("0.0", page.Find(".steps .elapsed").GetAttribute("data-elapsed"));
        Assert.Empty(page.FindAll(".steps li"));

        _slow.SetResult("It came.");
        (await _host.Chat.Model.NextAsync()).Finish("Done.");
        page.Until(() => Assert.StartsWith("Used 3 tools · 1 failed", Line(page), StringComparison.Ordinal));

        page.Find(".steps").TriggerEvent("ontoggle", EventArgs.Empty);
        page.Until(() => Assert.Equal(["Looked", "Waited for it", "Couldn’t use missing"], page.FindAll(".steps li > .tool > summary").Select(line => Words(line).Split(" · ")[0])));
        // As a page shows it that is opened later.
        Assert.StartsWith("Used 3 tools · 1 failed", Line(_host.Open(_room)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_somebody_decides_about_stands_for_itself_before_and_after()
    {
        var page = _host.Open(_room);
        await _host.Chat.PostAsync(_room, "Go");
        (await _host.Chat.Model.NextAsync()).Call("c1", "look").Call("c2", "look").Call("c3", "send").Finish();
        page.Until(() => Assert.Equal("Demo wants to send it", Words(page.Find(".approval .question"))));
        page.Until(() => Assert.StartsWith("Used 2 tools", Line(page), StringComparison.Ordinal));
        await page.ClickAsync(".approval button", "Approve");
        (await _host.Chat.Model.NextAsync()).Finish("Done.");
        page.Until(() => Assert.StartsWith("Used 2 tools", Line(page), StringComparison.Ordinal));
        page.Until(() => Assert.StartsWith("Sent it · Ada approved ·", Words(page.Find("article .tool > summary")), StringComparison.Ordinal));
        Assert.Empty(page.FindAll(".approval"));
    }

    [Fact]
    public async Task One_call_is_a_line_of_its_own()
    {
        var page = _host.Open(_room);
        await _host.Chat.PostAsync(_room, "Go");
        (await _host.Chat.Model.NextAsync()).Call("c1", "look").Finish();
        (await _host.Chat.Model.NextAsync()).Finish("Done.");
        page.Until(() => Assert.Equal("Looked", Words(page.Find("article .tool > summary"))));
        Assert.Empty(page.FindAll(".steps"));
    }

    private static ChatTool Tool(string name, Delegate method, string title, string doing, string done) =>
        new(ChatFunctions.Create(method, name, "Does something.")) { Title = title, Verb = new ToolVerb(doing, done) };

    private static string Line(IRenderedComponent<BlazorChat.Components.Rooms.RoomScreen> page) => Words(page.Find(".steps > summary"));

    private static string Words(IElement element) => string.Join(' ', element.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
