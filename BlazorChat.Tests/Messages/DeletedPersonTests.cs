using BlazorChat.Messages;
using BlazorChat.Text;
using BlazorChat.Tests.Support;
using BlazorChat.Turns;

namespace BlazorChat.Tests.Messages;

/// <summary>A message forgets somebody wherever this server wrote their name, and nothing else.</summary>
[Trait(nameof(Kind), Kind.Unit)]
public sealed class DeletedPersonTests
{
    private static readonly Author Ada = new(AuthorKind.Person, "a", "Ada");

    private static readonly Author Grace = new(AuthorKind.Person, "b", "Grace");

    private static readonly Author Demo = new(AuthorKind.Assistant, "demo", "Demo");

    private static readonly DeletedPerson Gone = new("a", ["Ada", "Ada L"], RemovesMessages: false);

    [Fact]
    public void Authors_askers_and_decisions_lose_the_name_and_keep_the_id()
    {
        var call = new ToolCallPart("c1", "careful")
        {
            State = ToolCallState.Rejected,
            Decision = new ToolDecision(false, Ada with { Name = "Ada L" }, DateTimeOffset.UnixEpoch, null),
            FirstApproval = new ToolDecision(true, Ada, DateTimeOffset.UnixEpoch, null),
            Result = $"Not run: {Names.Quoted("Ada L")} rejected this call.",
        };
        var forgotten = Gone.Forget(Of(Demo, MessageStatus.Complete.Instance, call) with { AskedBy = Ada, Metadata = new ResponseMetadata { RequestedBy = Ada } });
        Assert.Equal((Gone.Author, Gone.Author), (forgotten.AskedBy, forgotten.Metadata!.RequestedBy));
        var part = Assert.IsType<ToolCallPart>(forgotten.Parts[0]);
        Assert.Equal(Gone.Author, part.FirstApproval!.By);
        Assert.Equal((Gone.Author, "Not run: \"Deleted person\" rejected this call."), (part.Decision!.By, part.Result));
        Assert.Equal(("a", "Deleted person"), (Gone.Forget(Of(Ada, MessageStatus.Complete.Instance)).Author.Id, Gone.Forget(Of(Ada, MessageStatus.Complete.Instance)).Author.Name));
    }

    [Fact]
    public void Statuses_and_reasons_lose_the_name()
    {
        Assert.Equal(new MessageStatus.Stopped("Deleted person"), Gone.Forget(Of(Demo, new MessageStatus.Stopped("Ada L"))).Status);
        Assert.Equal(
            new MessageStatus.Unanswered("Taken out of the queue by Deleted person."), Gone.Forget(Of(Grace, new MessageStatus.Unanswered(TurnQueue.TakenOut("Ada")))).Status);
        Assert.Equal(
            new MessageStatus.Unanswered("Taken out of the queue: Deleted person asked something newer."),
            Gone.Forget(Of(Grace, new MessageStatus.Unanswered(TurnQueue.AskedNewer("Ada")))).Status);
        Assert.Equal(["Ada", "Taken out of the queue by Ada.", "Taken out of the queue: Ada asked something newer."], Gone.Details.Take(3));
    }

    [Fact]
    public void What_people_and_tools_wrote_and_others_of_the_same_name_stay_as_they_are()
    {
        var result = new ToolCallPart("c1", "search") { State = ToolCallState.Succeeded, Result = "\"Ada\" said hello", Decision = new ToolDecision(true, Grace, DateTimeOffset.UnixEpoch, "Ada asked") };
        var message = Of(Grace, new MessageStatus.Stopped("Bella"), new TextPart("Ask Ada."), result) with { AskedBy = Ada with { Kind = AuthorKind.Service } };
        Assert.Same(message, Gone.Forget(message));
        Assert.False(Gone.Wrote(message));
        Assert.False(Gone.Wrote(Of(Grace with { Name = "Ada" }, MessageStatus.Complete.Instance)));
    }

    private static Message Of(Author author, MessageStatus status, params MessagePart[] parts) => new()
    {
        Id = Guid.NewGuid(),
        RoomId = Guid.NewGuid(),
        Sequence = 1,
        Author = author,
        Parts = [.. parts],
        Status = status,
        CreatedAt = DateTimeOffset.UnixEpoch,
    };
}
