using BlazorChat.Assistants;
using BlazorChat.Components.Layout;
using BlazorChat.Components.Messages;
using BlazorChat.Components.Rooms;
using BlazorChat.Languages;
using BlazorChat.Live;
using BlazorChat.Messages;
using BlazorChat.Tests.Support;
using Bunit;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Components;

/// <summary>Assistants look as they are configured, and what is no language model says so.</summary>
[Trait(nameof(Kind), Kind.Component)]
public sealed class AssistantFacesTests : IAsyncLifetime
{
    private PageHost _host = null!;

    public async Task InitializeAsync() => _host = await PageHost.StartAsync("--Assistants:Items:0:Id=demo", "--Assistants:Items:0:Provider=Demo", "--Assistants:Items:0:Avatar=🦉");

    public Task DisposeAsync() => _host.DisposeAsync().AsTask();

    [Fact]
    public async Task The_demo_assistant_is_labelled_and_has_its_picture_in_its_byline_and_in_the_panel()
    {
        var page = await AnsweredAsync(new AssistantFaces(_host.Chat.App.Services.GetRequiredService<AssistantDirectory>()));
        var response = page.FindAll("article")[^1];
        Assert.Equal("demo", response.QuerySelector(".kind")!.TextContent);
        Assert.Equal("🦉", response.QuerySelector(".avatar")!.TextContent);

        await page.Find("button[aria-label='Room details']").ClickAsync(new());
        Assert.Equal("demo", page.Find(".assistants .kind").TextContent);
        Assert.Equal("🦉", page.Find(".assistants .avatar").TextContent.Trim());
    }

    [Fact]
    public async Task An_assistant_that_is_not_configured_any_more_has_the_common_icon()
    {
        var page = await AnsweredAsync(new AssistantFaces(new FakeAssistants([])));
        var response = page.FindAll("article")[^1];
        Assert.Equal("AI", response.QuerySelector(".kind")!.TextContent);
        Assert.NotNull(response.QuerySelector(".avatar svg"));
    }

    [Fact]
    public void Readers_in_any_zones_share_the_text_and_those_whose_clocks_agree_share_everything()
    {
        var message = new MessageFrame(new Message
        {
            Id = Guid.NewGuid(),
            RoomId = Guid.Empty,
            Sequence = 1,
            Author = new Author(AuthorKind.Person, "a", "Ada"),
            Parts = [new TextPart("Text")],
            Status = MessageStatus.Complete.Instance,
            CreatedAt = new DateTimeOffset(2026, 1, 2, 22, 58, 0, TimeSpan.Zero),
        });
        var looks = Enumerable.Range(0, 160)
            .Select(i => TimeZoneInfo.CreateCustomTimeZone($"Zone {i}", TimeSpan.FromMinutes(i), null, null))
            .Select(zone => MessageMarkup.Of(Words.English, message, zone, new AssistantFaces(new FakeAssistants([])))).ToList();
        Assert.Single(looks.Select(l => Frames.MarkupOf(l.AddBody)).Distinct(ReferenceEqualityComparer.Instance));
        Assert.Equal("Ada, 22:58", looks[0].Label);
        Assert.Equal("Ada, 00:37", looks[99].Label);

        Assert.Same(looks[0], MessageMarkup.Of(Words.English, message, TimeZoneInfo.Utc, new AssistantFaces(new FakeAssistants([]))));
        Assert.NotSame(looks[0], MessageMarkup.Of(Words.German, message, TimeZoneInfo.Utc, new AssistantFaces(new FakeAssistants([]))));
        // Past the bound nothing more is kept.
        Assert.NotSame(looks[159], MessageMarkup.Of(Words.English, message, TimeZoneInfo.CreateCustomTimeZone("Zone", TimeSpan.FromMinutes(159), null, null), new AssistantFaces(new FakeAssistants([]))));
    }

    private async Task<IRenderedComponent<RoomScreen>> AnsweredAsync(AssistantFaces faces)
    {
        var room = await _host.Chat.RoomAsync();
        await _host.Chat.PostAsync(room, "Question");
        (await _host.Chat.Model.NextAsync()).Finish("Answer");
        var page = _host.Open(room.Id, null, faces);
        page.Until(() => Assert.Contains("Answer", page.FindAll("article")[^1].TextContent, StringComparison.Ordinal));
        return page;
    }
}
