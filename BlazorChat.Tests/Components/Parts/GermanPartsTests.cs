using BlazorChat.Components.Messages.Parts;
using BlazorChat.Languages;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using Bunit;

namespace BlazorChat.Tests.Components.Parts;

/// <summary>A reader of another language reads whole sentences of it, also about what the application's own tools do.</summary>
[Trait(nameof(Kind), Kind.Component)]
public sealed class GermanPartsTests : IAsyncDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly ToolCallPart Postcard = new("c", "send_postcard")
    {
        Label = new ToolLabel("Send a postcard") { Doing = "Sending a postcard", Done = "Sent a postcard" },
    };

    private readonly BunitContext _page = Frames.Page(Words.German);

    public ValueTask DisposeAsync() => _page.DisposeAsync();

    [Fact]
    public void A_request_is_asked_in_the_language()
    {
        var card = Show(Postcard with { State = ToolCallState.AwaitingApproval, AskedAt = Noon });
        Assert.Equal("Postkarte verschicken erlauben?", card.Find("[role=group]").GetAttribute("aria-label"));
        Assert.Equal("Demo möchte: Postkarte verschicken", Text(card, ".question"));
        Assert.Equal("Ada hat gefragt. Wartet seit 2026-01-01 12:00.", Text(card, ".since"));
        Assert.Contains("Nur Ada oder Verantwortliche des Raums können das erlauben.", Text(card, ".approval"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ToolCallState.Streaming, "Bereitet vor: Postkarte verschicken …")]
    [InlineData(ToolCallState.Running, "Verschickt eine Postkarte … 1.234 gefunden")]
    [InlineData(ToolCallState.Succeeded, "Hat eine Postkarte verschickt · 1.234 Ergebnisse")]
    [InlineData(ToolCallState.Expired, "Postkarte verschicken · Abgelaufen – niemand hat geantwortet")]
    public void The_line_of_a_call_is_in_the_language(ToolCallState state, string expected) =>
        Assert.Equal(expected, Text(Show(Postcard with { State = state, Count = state is ToolCallState.Running or ToolCallState.Succeeded ? 1_234 : null }), ".line"));

    [Fact]
    public void What_other_tools_do_they_say_themselves()
    {
        Assert.Equal("Sent a postcard", Text(Show(Postcard with { State = ToolCallState.Succeeded, Label = Postcard.Label! with { Source = "Mail" } }), ".line").Split(" von ")[0]);
        Assert.Equal("Ask for help", ToolPhrase.TitleOf(Words.German, new ToolCallPart("c", "help") { Label = new ToolLabel("Ask for help") }));
        Assert.Equal("Grace fragen", ToolPhrase.TitleOf(Words.German, new ToolCallPart("c", "ask_grace") { Label = new ToolLabel("Ask Grace") }));
        Assert.Equal("Hat delete file benutzt", Text(Show(new ToolCallPart("c", "delete_file") { State = ToolCallState.Succeeded }), ".line"));
    }

    [Fact]
    public void Numbers_have_the_separators_of_the_language()
    {
        Assert.Equal("unter 0,1 s", Quantity.Of(Words.German, TimeSpan.FromSeconds(0.04)));
        Assert.Equal("1,5 KB", Quantity.Size(Words.German, 1_500));
        Assert.Equal("1.234,5", Quantity.Of(Words.German, 1_234.5));
    }

    private static string Text(IRenderedComponent<ToolCallCard> card, string selector) => string.Join(' ', card.Find(selector).TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private IRenderedComponent<ToolCallCard> Show(ToolCallPart part) => _page.Render<ToolCallCard>(p => p
        .Add(c => c.Part, part).Add(c => c.Zone, TimeZoneInfo.Utc).Add(c => c.Assistant, "Demo").Add(c => c.Asker, "Ada")
        .Add(c => c.WhyNot, new RoomError(RoomErrorKind.Forbidden, "Only the person who asked or a room owner can approve this.")));
}
