using AngleSharp.Dom;
using BlazorChat.Components.Messages.Parts;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using Bunit;

namespace BlazorChat.Tests.Components.Parts;

/// <summary>A tool call as people see it: what is true of it now, what exactly is asked of them, and what came of it.</summary>
[Trait(nameof(Kind), Kind.Component)]
public sealed class ToolCallCardTests : IAsyncDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 2, 12, 3, 0, TimeSpan.Zero);
    private static readonly Author Ada = new(AuthorKind.Person, "a", "Ada");
    private static readonly ToolCallPart Call = new("c1", "delete_file") { Arguments = """{"path":"notes/a","force":true}""" };

    private readonly BunitContext _page = Frames.Page();

    public ValueTask DisposeAsync() => _page.DisposeAsync();

    [Theory]
    [InlineData(ToolCallState.Streaming, "Preparing to use delete file…")]
    [InlineData(ToolCallState.Ready, "About to use delete file…")]
    [InlineData(ToolCallState.AwaitingBrowser, "delete file · Waiting for Ada’s browser")]
    [InlineData(ToolCallState.Running, "Using delete file…")]
    [InlineData(ToolCallState.Succeeded, "Used delete file")]
    [InlineData(ToolCallState.Failed, "Couldn’t use delete file · The disk is full.")]
    [InlineData(ToolCallState.Rejected, "delete file · Ada rejected · 12:03")]
    [InlineData(ToolCallState.Expired, "delete file · Expired – nobody answered")]
    public void Its_line_says_what_is_true_now(ToolCallState state, string line)
    {
        var decision = state == ToolCallState.Rejected ? new ToolDecision(false, Ada, Noon, null) : null;
        var card = Show(Call with { State = state, BeganAt = Noon, EndedAt = Noon.AddSeconds(1.2), Decision = decision, Result = state == ToolCallState.Failed ? "The tool failed. The disk is full.\nAll of it." : null });
        Assert.Equal(state == ToolCallState.Failed ? $"{line} …" : line, Line(card));
    }

    [Theory]
    [InlineData(ToolCallState.Streaming, null, "Preparing to search the SQL files…")]
    [InlineData(ToolCallState.Ready, null, "About to search the SQL files…")]
    [InlineData(ToolCallState.Running, null, "Searching the SQL files…")]
    [InlineData(ToolCallState.Running, 3, "Searching the SQL files… 3 found")]
    [InlineData(ToolCallState.Succeeded, null, "Searched the SQL files")]
    [InlineData(ToolCallState.Succeeded, 0, "Searched the SQL files · no results")]
    [InlineData(ToolCallState.Succeeded, 1, "Searched the SQL files · 1 result")]
    [InlineData(ToolCallState.Succeeded, 1_200, "Searched the SQL files · 1,200 results")]
    [InlineData(ToolCallState.Failed, null, "Couldn’t search the SQL files")]
    [InlineData(ToolCallState.Expired, null, "Search the SQL files · Expired – nobody answered")]
    public void A_tool_with_words_of_its_own_is_called_by_them(ToolCallState state, int? count, string line) =>
        Assert.Equal(line, Line(Show(Call with
        {
            State = state,
            Count = count,
            Label = new ToolLabel("Search the SQL files") { Doing = "Searching the SQL files", Done = "Searched the SQL files" },
        })));

    [Theory]
    [InlineData("Postcards", null, "Used Postcards from post")]
    [InlineData(null, "read_card", "Used read card from post")]
    [InlineData("<b>\u202E", "x", "Used <b>[U+202E] from post")]
    public void A_tool_of_a_server_is_called_by_its_title_or_own_name_and_says_where_it_is_from(string? title, string? ownName, string line) =>
        Assert.Equal(line, Line(Show(Call with { State = ToolCallState.Succeeded, Label = new ToolLabel(title) { OwnName = ownName, Source = "post" } })));

    [Fact]
    public void A_request_that_its_asker_wrote_over_in_an_earlier_version_is_not_said_to_be_rejected_by_them()
    {
        var awaited = Call with { State = ToolCallState.AwaitingApproval };
        var rejected = CallChanges.Reject(awaited, new ToolDecision(false, Ada, Noon, CallChanges.WroteInstead));
        Assert.Equal("delete file · Expired – nobody answered", Line(Show(rejected)));
    }

    [Theory]
    [InlineData(CallWait.Others, true, "delete file · Waiting for the others · Ada approved · 12:03")]
    [InlineData(CallWait.Others, false, "delete file · Waiting for the others")]
    [InlineData(CallWait.Turn, true, "delete file · Waiting for its turn · Ada approved · 12:03")]
    [InlineData(CallWait.Turn, false, "delete file · Waiting for its turn")]
    public void A_call_that_waits_for_the_others_of_its_batch_or_for_its_turn_is_not_said_to_start(CallWait wait, bool isApproved, string line)
    {
        var decision = isApproved ? new ToolDecision(true, Ada, Noon, null) : null;
        var card = _page.Render<ToolCallCard>(p => p.Add(c => c.Part, Call with { State = ToolCallState.Ready, Decision = decision })
            .Add(c => c.Zone, TimeZoneInfo.Utc).Add(c => c.Wait, wait));
        Assert.Equal(line, Line(card));
        Assert.Empty(card.FindAll(".spinner"));
    }

    [Fact]
    public void The_page_counts_the_seconds_of_a_call_that_runs_from_where_it_was()
    {
        var card = _page.Render<ToolCallCard>(p => p.Add(c => c.Part, Call with { State = ToolCallState.Running }).Add(c => c.Zone, TimeZoneInfo.Utc).Add(c => c.Elapsed, 2.2));
        Assert.Equal("2.2", card.Find(".elapsed").GetAttribute("data-elapsed"));
        card.Render(p => p.Add(c => c.Part, Call with { State = ToolCallState.Succeeded }).Add(c => c.Elapsed, null));
        Assert.Empty(card.FindAll(".elapsed"));
    }

    [Fact]
    public void A_request_says_when_it_expires_and_why_it_is_asked_again()
    {
        var card = Show(Call with { State = ToolCallState.AwaitingApproval, ExpiresAt = Noon.AddHours(24), AskedAgain = "This tool <b>changed</b>." }, canDecide: true);
        var group = Words(card.Find("[role=group]"));
        Assert.Contains("This tool <b>changed</b>.", group, StringComparison.Ordinal);
        Assert.Contains($"Expires on {Noon.AddHours(24):yyyy-MM-dd HH:mm}.", group, StringComparison.Ordinal);
    }

    [Fact]
    public void The_steps_of_work_that_was_handed_on_can_be_unfolded()
    {
        var card = Show(Call with
        {
            State = ToolCallState.Succeeded,
            Result = "Two.",
            Work = new CallWork([new TextPart("Let me <b>count</b>.") { PartId = 1 }, new ToolCallPart("c2", "count") { PartId = 2, State = ToolCallState.Succeeded, Result = "2", Arguments = "{}" }]),
        });
        Assert.Empty(card.FindAll(".work"));
        Unfold(card);
        Assert.Equal("Let me <b>count</b>.", card.Find(".work .said").TextContent);
        Assert.Equal("Used count", Words(card.Find(".work summary")));
    }

    [Theory]
    [InlineData(ToolCallState.Running, true)]
    [InlineData(ToolCallState.AwaitingApproval, false)]
    [InlineData(ToolCallState.Succeeded, false)]
    public void Only_what_is_under_way_spins(ToolCallState state, bool spins) =>
        Assert.Equal(spins, Show(Call with { State = state }).FindAll(".spinner[aria-hidden=true]").Count == 1);

    [Fact]
    public void What_nobody_has_unfolded_is_not_sent()
    {
        var card = Show(Call with { State = ToolCallState.Succeeded, Result = "Deleted." });
        Assert.False(card.Find("details").HasAttribute("open"));
        Assert.Empty(card.FindAll("pre"));

        Unfold(card);
        Assert.Equal(["Path", "notes/a", "Force", "true"], card.FindAll("[aria-label=Arguments] :is(dt, dd)").Select(Words));
        Assert.Equal("Deleted.", card.Find("pre[aria-label=Result]").TextContent);
        Assert.Empty(card.FindAll("code"));
        // The browser keeps it open: nothing here ever says otherwise.
        Assert.False(card.Find("details").HasAttribute("open"));

        Details(card);
        Assert.Equal("delete_file", card.Find(".exactly code").TextContent);
        Assert.Equal("{\n  \"path\": \"notes/a\",\n  \"force\": true\n}", card.Find("pre[aria-label='Arguments as JSON']").TextContent);
    }

    [Fact]
    public void A_request_is_a_card_with_its_exact_arguments_and_buttons_for_those_who_may_decide()
    {
        var card = Show(Call with { State = ToolCallState.AwaitingApproval, Arguments = "{\"path\":\"/srv/\u202Etxt.exe\",\"html\":\"<b>x</b>\"}" }, canDecide: true);
        var group = card.Find("[role=group][aria-label='Approve delete_file?']");
        Assert.Equal("Needs approval", Words(group.QuerySelector(".needs")!));
        Assert.Equal("Demo wants to use delete file", Words(group.QuerySelector(".question")!));
        Assert.Equal(["Path", "/srv/[U+202E]txt.exe", "Html", "<b>x</b>"], group.QuerySelectorAll("dt, dd").Select(Words));
        Assert.Null(group.QuerySelector("b"));
        Assert.Equal(["Approve", "Reject"], group.QuerySelectorAll("button").Select(b => b.TextContent));
        Details(card);
        Assert.Equal("delete_file", card.Find(".exactly code").TextContent);
        Assert.Equal("{\n  \"path\": \"/srv/\\u202Etxt.exe\",\n  \"html\": \"<b>x</b>\"\n}", card.Find("pre").TextContent);
    }

    [Fact]
    public void A_request_says_in_a_sentence_what_the_assistant_wants_and_where_a_servers_tool_is_from()
    {
        var own = Call with { State = ToolCallState.AwaitingApproval, Label = new ToolLabel("Send a postcard") { Doing = "Sending a postcard", Done = "Sent a postcard" } };
        var card = Show(own, canDecide: true);
        Assert.Equal("Demo wants to send a postcard", Words(card.Find("[role=group][aria-label='Approve Send a postcard?'] .question")));
        Assert.Equal("send a postcard", card.Find(".question strong").TextContent);
        Assert.Empty(card.FindAll(".origin"));

        card = Show(own with { Label = new ToolLabel("Send a postcard") { Source = "post\u200B", OwnName = "delete\u202E_everything" } }, canDecide: true);
        Assert.Equal("Demo wants to use Send a postcard", Words(card.Find("[role=group][aria-label='Approve Send a postcard?'] .question")));
        Assert.Equal("delete[U+202E]_everything from post[U+200B]", Words(card.Find(".origin")));
    }

    [Theory]
    [InlineData("Ada", "Ada asked. Waiting since 2026-01-01 12:00.")]
    [InlineData(null, "Waiting since 2026-01-01 12:00.")]
    public void Those_who_may_not_decide_read_what_waits_for_whom_and_since_when(string? asker, string expected)
    {
        var card = _page.Render<ToolCallCard>(p => p.Add(c => c.Part, Call with { State = ToolCallState.AwaitingApproval, AskedAt = new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero) })
            .Add(c => c.Zone, TimeZoneInfo.Utc).Add(c => c.Asker, asker).Add(c => c.WhyNot, new RoomError(RoomErrorKind.Forbidden, "Only an owner can approve this.")));
        var group = card.Find("[role=group]");
        Assert.Empty(group.QuerySelectorAll("button, input"));
        Assert.Contains(expected, Words(group), StringComparison.Ordinal);
        Assert.Contains("Only an owner can approve this.", Words(group), StringComparison.Ordinal);
        card.Render(p => p.Add(c => c.WhyNot, new RoomError(RoomErrorKind.Forbidden, "Only the person who asked or a room owner can approve this.")));
        Assert.Contains($"Only {asker ?? "the person who asked"} or a room owner can approve this.", Words(card.Find("[role=group]")), StringComparison.Ordinal);
        Assert.Contains("notes/a", group.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void The_first_of_two_people_is_shown_and_can_only_take_it_back()
    {
        var first = new ToolDecision(true, new Author(AuthorKind.Person, "g", "Grace"), Noon, "Looks right");
        var part = Call with { State = ToolCallState.AwaitingApproval, NeedsTwoPeople = true };
        var card = Show(part, canDecide: true);
        Assert.Contains("Two people with accounts have to approve this.", Words(card.Find(".two-people")), StringComparison.Ordinal);
        Assert.Equal(["Approve", "Reject"], card.FindAll("button").Select(b => b.TextContent));

        card = _page.Render<ToolCallCard>(p => p.Add(c => c.Part, part with { FirstApproval = first }).Add(c => c.Zone, TimeZoneInfo.Utc).Add(c => c.CanDecide, true).Add(c => c.WhyNotApprove, "You approved this. Another person has to approve it, too."));
        Assert.Contains($"Grace approved it at {Noon:HH:mm}: Looks right", Words(card.Find(".two-people")), StringComparison.Ordinal);
        Assert.Equal("Needs a second approval", Words(card.Find(".needs")));
        Assert.Equal(["Reject"], card.FindAll("button").Select(b => b.TextContent));
        Assert.Contains("Another person has to approve it", Words(card.Find("[role=group]")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_those_who_may_are_offered_to_allow_a_tool_for_the_room()
    {
        var part = Call with { State = ToolCallState.AwaitingApproval };
        Assert.DoesNotContain("Always", Show(part, canDecide: true).Markup, StringComparison.Ordinal);
        var allowed = 0;
        var card = _page.Render<ToolCallCard>(p => p.Add(c => c.Part, part).Add(c => c.Zone, TimeZoneInfo.Utc).Add(c => c.CanDecide, true).Add(c => c.CanAllow, true).Add(c => c.OnAllow, () => allowed++));
        await Button(card, "Always in this room").ClickAsync(new() { Detail = 2 });
        Assert.Equal(0, allowed);
        await Button(card, "Always in this room").ClickAsync(new() { Detail = 1 });
        Assert.Equal(1, allowed);
    }

    [Fact]
    public void A_call_that_nobody_was_asked_about_says_who_allowed_it_for_the_room()
    {
        var card = Show(Call with
        {
            State = ToolCallState.Succeeded,
            Decision = new ToolDecision(true, new Author(AuthorKind.Person, "a", "Ada"), Noon, null) { IsStanding = true },
        });
        Assert.Equal("Used delete file · Ada allowed it in this room", Line(card));
        Unfold(card);
        Assert.Equal($"Ada allowed it for this room on {Noon:yyyy-MM-dd}", Words(card.Find(".decision")));
    }

    [Theory]
    [InlineData(" It is a copy ", "It is a copy")]
    [InlineData("   ", null)]
    public async Task A_rejection_asks_for_its_reason_first(string typed, string? reason)
    {
        var decisions = new List<(bool, string?)>();
        var card = Show(Call with { State = ToolCallState.AwaitingApproval }, canDecide: true, decisions.Add);
        Assert.Empty(card.FindAll("input"));
        await Button(card, "Reject").ClickAsync(new() { Detail = 1 });
        Assert.Empty(decisions);
        Assert.Equal(["Reject", "Cancel"], card.FindAll("button").Select(b => b.TextContent));
        Assert.Equal("Reason (optional)", card.Find("label:has(input)").TextContent.Trim());
        Assert.Equal("500", card.Find("input").GetAttribute("maxlength"));
        await Button(card, "Cancel").ClickAsync(new() { Detail = 1 });
        Assert.Equal(["Approve", "Reject"], card.FindAll("button").Select(b => b.TextContent));

        await Button(card, "Reject").ClickAsync(new() { Detail = 1 });
        // The second click of the same double click.
        await Button(card, "Reject").ClickAsync(new() { Detail = 2 });
        Assert.Empty(decisions);
        await card.Find("input").ChangeAsync(new() { Value = typed });
        await Button(card, "Reject").ClickAsync(new() { Detail = 1 });
        Assert.Equal([(false, reason)], decisions);
    }

    [Fact]
    public async Task Enter_in_the_reason_rejects_and_an_approval_has_none()
    {
        var decisions = new List<(bool, string?)>();
        var card = Show(Call with { State = ToolCallState.AwaitingApproval }, canDecide: true, decisions.Add);
        await Button(card, "Approve").ClickAsync(new() { Detail = 1 });
        await Button(card, "Reject").ClickAsync(new() { Detail = 1 });
        await card.Find("input").ChangeAsync(new() { Value = "No" });
        await card.Find("form").SubmitAsync();
        Assert.Equal([(true, null), (false, "No")], decisions);
    }

    [Fact]
    public async Task A_double_click_decides_once_and_so_do_two_buttons_while_one_is_on_its_way()
    {
        var calls = 0;
        var answered = new TaskCompletionSource();
        var card = _page.Render<ToolCallCard>(p => p
            .Add(c => c.Part, Call with { State = ToolCallState.AwaitingApproval }).Add(c => c.Zone, TimeZoneInfo.Utc).Add(c => c.CanDecide, true)
            .Add(c => c.OnDecide, async _ =>
            {
                calls++;
                await answered.Task;
            }));
        await Button(card, "Approve").ClickAsync(new() { Detail = 2 });
        Assert.Equal(0, calls);

        var first = Button(card, "Approve").ClickAsync(new() { Detail = 1 });
        Assert.All(card.FindAll("button"), b => Assert.True(b.HasAttribute("disabled")));
        await Button(card, "Reject").ClickAsync(new() { Detail = 1 });
        Assert.Equal(1, calls);

        answered.SetResult();
        await first;
        card.Render(p => p.Add(c => c.Problem, "Grace was faster."));
        Assert.Equal("Grace was faster.", card.Find("[role=alert]").TextContent);
        Assert.All(card.FindAll("button"), b => Assert.False(b.HasAttribute("disabled")));
    }

    [Fact]
    public async Task What_was_typed_outlives_new_states_of_the_room_and_a_decision_leaves_one_line()
    {
        var part = Call with { State = ToolCallState.AwaitingApproval };
        var card = Show(part, canDecide: true);
        await Button(card, "Reject").ClickAsync(new() { Detail = 1 });
        await card.Find("input").ChangeAsync(new() { Value = "Because" });
        var changes = card.RenderCount;
        card.Render(p => p.Add(c => c.Part, part with { }));
        Assert.True(card.RenderCount > changes);
        Assert.Equal("Because", card.Find("input").GetAttribute("value"));

        card.Render(p => p.Add(c => c.Part, part with { State = ToolCallState.Running, Decision = new ToolDecision(true, Ada, Noon, "Because") }));
        Assert.Equal("Using delete file… · Ada approved · 12:03", Line(card));
        Assert.Empty(card.FindAll("button, .approval, .body"));
        card.Render(p => p.Add(c => c.Part, part with { State = ToolCallState.Succeeded, Result = "Done", Decision = new ToolDecision(true, Ada, Noon, "Because") }));
        Assert.Equal("Used delete file · Ada approved · 12:03", Line(card));
    }

    [Theory]
    [InlineData(true, false, null, "Ada approved · 13:03")]
    [InlineData(true, true, null, "Grace and Ada approved · 13:03")]
    [InlineData(false, false, "<i>Not</i> on a Friday", "Ada rejected · 13:03")]
    public void A_decision_is_shown_by_the_readers_clock(bool isApproved, bool isSecond, string? reason, string line)
    {
        var zone = TimeZoneInfo.CreateCustomTimeZone("One", TimeSpan.FromHours(1), null, null);
        var first = isSecond ? new ToolDecision(true, new Author(AuthorKind.Person, "g", "Grace"), Noon, null) : null;
        var card = _page.Render<ToolCallCard>(p => p.Add(c => c.Zone, zone)
            .Add(c => c.Part, Call with { State = isApproved ? ToolCallState.Succeeded : ToolCallState.Rejected, FirstApproval = first, Decision = new ToolDecision(isApproved, Ada, Noon, reason) }));
        Assert.Equal(line, Words(card.Find(".decided")));
        Assert.Equal("2026-01-02T12:03:00Z", card.Find(".decided time").GetAttribute("datetime"));
        Unfold(card);
        Assert.Equal(reason is null ? [] : [$"Ada said: {reason}"], card.FindAll(".decision").Select(Words).Where(t => !t.Contains("first", StringComparison.Ordinal)));
        Assert.Equal(isSecond ? ["Grace approved first · 13:03"] : [], card.FindAll(".decision").Select(Words).Where(t => t.Contains("first", StringComparison.Ordinal)));
    }

    [Fact]
    public void Arguments_that_are_being_written_are_text()
    {
        var card = Show(Call with { State = ToolCallState.Streaming, Arguments = "" });
        Unfold(card);
        Assert.Equal("Nothing yet", card.Find(".none").TextContent);
        card.Render(p => p.Add(c => c.Part, Call with { State = ToolCallState.Streaming, Arguments = "{\"path\":\"<script>\u200B" }));
        Assert.Equal("{\"path\":\"<script>[U+200B]", card.Find("pre").TextContent);
        Assert.Empty(card.FindAll("script"));
    }

    [Fact]
    public void A_preliminary_result_says_that_it_is_one()
    {
        var card = Show(Call with { State = ToolCallState.Running, Result = "Half" });
        Unfold(card);
        Assert.Equal("Half", card.Find("pre[aria-label='Preliminary result']").TextContent);
        card.Render(p => p.Add(c => c.Part, Call with { State = ToolCallState.Failed, Result = "The disk is full." }));
        Assert.Equal("The disk is full.", card.Find("pre[aria-label='Sent to the assistant']").TextContent);
    }

    [Fact]
    public void A_result_that_is_only_the_beginning_says_so_and_links_to_the_whole()
    {
        var card = _page.Render<ToolCallCard>(p => p.Add(c => c.Zone, TimeZoneInfo.Utc).Add(c => c.WholeResultUrl, "/blobs/1")
            .Add(c => c.Part, Call with { State = ToolCallState.Succeeded, Result = "[1, 2", BlobId = Guid.NewGuid(), WholeLength = 3_100_000 }));
        Unfold(card);
        var link = card.Find("a[href='/blobs/1']");
        Assert.Equal("Open the whole result (3.1 MB)", link.TextContent);
        Assert.Contains("Only the beginning is shown.", card.Find(".whole").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Hostile_names_are_text()
    {
        var card = _page.Render<ToolCallCard>(p => p.Add(c => c.Zone, TimeZoneInfo.Utc).Add(c => c.CanDecide, true).Add(c => c.Assistant, "Demo")
            .Add(c => c.Part, new ToolCallPart("c", "<img src=x onerror=a>\u202Etxt")
            {
                State = ToolCallState.AwaitingApproval, Label = new ToolLabel(null) { Source = "<u>\u202E</u>", OwnName = "<i>\u2066" },
            }));
        Assert.Empty(card.FindAll("img, u"));
        Assert.Equal("Approve <img src=x onerror=a>[U+202E]txt?", card.Find("[role=group]").GetAttribute("aria-label"));
        Assert.Equal("Demo wants to use <i>[U+2066]", Words(card.Find(".question")));
        Assert.Equal("<i>\u2066 from <u>[U+202E]</u>".Replace("\u2066", "[U+2066]", StringComparison.Ordinal), Words(card.Find(".origin")));
        Assert.Empty(card.FindAll("i"));
    }

    [Fact]
    public void All_of_64_KB_of_arguments_can_be_read_before_deciding()
    {
        var arguments = $$"""{"text":"{{new string('x', 64_000)}} the end"}""";
        var card = Show(Call with { State = ToolCallState.AwaitingApproval, Arguments = arguments }, canDecide: true);
        Assert.EndsWith("xxx the end", card.Find("dd .said[tabindex='0']").TextContent, StringComparison.Ordinal);
        Details(card);
        Assert.EndsWith(" the end\"\n}", card.Find("pre[tabindex='0']").TextContent, StringComparison.Ordinal);
    }

    private IRenderedComponent<ToolCallCard> Show(ToolCallPart part, bool canDecide = false, Action<(bool, string?)>? onDecide = null) =>
        _page.Render<ToolCallCard>(p => p.Add(c => c.Part, part).Add(c => c.Zone, TimeZoneInfo.Utc).Add(c => c.Asker, "Ada").Add(c => c.Assistant, "Demo").Add(c => c.CanDecide, canDecide)
            .Add(c => c.OnDecide, onDecide ?? (_ => { })));

    private static void Unfold(IRenderedComponent<ToolCallCard> card) => card.Find("details").TriggerEvent("ontoggle", EventArgs.Empty);

    private static void Details(IRenderedComponent<ToolCallCard> card) => card.Find("details.exactly").TriggerEvent("ontoggle", EventArgs.Empty);

    private static IElement Button(IRenderedComponent<ToolCallCard> card, string name) => card.FindAll("button").Single(b => b.TextContent == name);

    private static string Line(IRenderedComponent<ToolCallCard> card) => Words(card.Find(".step > summary"));

    private static string Words(IElement element) => string.Join(' ', element.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
