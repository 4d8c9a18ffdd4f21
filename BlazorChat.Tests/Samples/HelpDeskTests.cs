using BlazorChat.Messages;
using BlazorChat.Turns.Hooks;
using BlazorChat.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Samples;

/// <summary>The sample assistant: one short file that uses most of what there is.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class HelpDeskTests
{
    [Fact]
    public void It_has_fewer_than_60_lines() =>
        Assert.InRange(File.ReadAllLines(Repository.File("BlazorChat.Samples", "HelpDesk.cs")).Length, 20, 59);

    [Fact]
    public async Task A_ticket_is_opened_with_its_data()
    {
        await using var host = await ChatHost.StartSamplesAsync([]);
        var room = await host.RoomAsync();
        using var watch = await host.WatchAsync(room);
        await host.PostAsync(room, """@Desk desk_open_ticket {"text":"No light","urgent":false}""");
        var response = await watch.EndedAsync();
        Assert.Equal("The ticket is open.", response.Text);
        Assert.Contains("\"by\":\"Ada\"", Assert.Single(response.Parts.OfType<DataPart>()).Json, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_urgent_one_is_asked_about()
    {
        await using var host = await ChatHost.StartSamplesAsync([]);
        var room = await host.RoomAsync();
        using var watch = await host.WatchAsync(room);
        await host.PostAsync(room, """@Desk desk_open_ticket {"text":"Fire","urgent":true}""");
        await watch.UntilAsync(s => s.Messages.Any(m => m.Message.Parts.OfType<ToolCallPart>().Any(c => c.State == ToolCallState.AwaitingApproval)));
    }

    [Fact]
    public async Task It_asks_the_browser_for_the_time_zone_when_it_has_to_know()
    {
        await using var host = await ChatHost.StartSamplesAsync([]);
        var room = await host.RoomAsync();
        using var watch = await host.WatchAsync(room);
        await host.PostAsync(room, "@Desk What are your office hours?");
        await watch.UntilAsync(s => s.Messages.Any(m => m.Message.Parts.OfType<ToolCallPart>().Any(c => c is { Name: "get_time_zone", State: ToolCallState.AwaitingBrowser })));
    }

    [Fact]
    public async Task It_does_not_send_what_looks_like_a_key_and_may_not_call_others_tools()
    {
        await using var host = await ChatHost.StartSamplesAsync([]);
        var room = await host.RoomAsync();
        using var watch = await host.WatchAsync(room);
        await host.PostAsync(room, "@Desk find_order ada@example.org");
        var response = await watch.EndedAsync();
        Assert.Empty(response.Parts.OfType<ToolCallPart>());
        Assert.DoesNotContain("ada@example.org", response.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_it_fails_its_observer_posts_what_to_do()
    {
        await using var host = await ChatHost.StartSamplesAsync([], builder => builder.Services.AddSingleton<IStepHook, BreakingHook>());
        var room = await host.RoomAsync();
        using var watch = await host.WatchAsync(room);
        await host.PostAsync(room, "@Desk Hello");
        await watch.UntilAsync(s => s.Messages.Any(m => m.Message is { Author: { Kind: AuthorKind.Service, Name: "Desk" } } said && said.Text.Contains("call 100", StringComparison.Ordinal)));
    }

    private sealed class BreakingHook : IStepHook
    {
        public ValueTask BeforeStepAsync(StepRequest step, CancellationToken cancellationToken) => throw new InvalidOperationException("It breaks.");
    }
}
