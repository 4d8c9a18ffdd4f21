using System.Collections.Immutable;
using BlazorChat.Messages;
using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.Messages;

[Trait(nameof(Kind), Kind.Unit)]
public sealed class PartIdTests
{
    [Fact]
    public void A_message_gives_an_id_to_each_part_that_has_none() =>
        Assert.Equal([1, 2], Ids(Message(new TextPart("a"), new ToolCallPart("c", "dice"))));

    [Fact]
    public void Ids_stay_when_parts_are_added_changed_or_gone()
    {
        var message = Message(new TextPart("a"), new TextPart("b"), new TextPart("c"));
        message = message with { Parts = message.Parts.RemoveAt(0).SetItem(0, ((TextPart)message.Parts[1]) with { Text = "B" }).Add(new TextPart("d")) };
        Assert.Equal([2, 3, 4], Ids(message));
    }

    [Fact]
    public void One_id_is_never_that_of_two_parts() =>
        Assert.Equal([3, 4, 1, 5], Ids(Message(new TextPart("a") { PartId = 3 }, new TextPart("b") { PartId = 3 }, new TextPart("c") { PartId = 1 }, new TextPart("d"))));

    [Fact]
    public void Parts_that_are_numbered_are_left_as_they_are()
    {
        ImmutableArray<MessagePart> parts = [new TextPart("a") { PartId = 1 }, new TextPart("b") { PartId = 7 }];
        // The same array, not an equal one.
        Assert.True((Message() with { Parts = parts }).Parts == parts);
    }

    [Fact]
    public void A_draft_goes_on_after_the_highest_id_and_changes_parts_by_theirs()
    {
        var draft = new MessageDraft([new TextPart("a") { PartId = 5 }, new TextPart("b") { PartId = 2 }]);
        Assert.Equal(6, draft.Set(new ToolCallPart("c", "dice")).PartId);
        draft.Set(new TextPart("A") { PartId = 5 });
        Assert.Equal(7, draft.Set(new TextPart("d")).PartId);
        draft.Append(7, "e");
        draft.Settle();
        Assert.Equal(["A", "b", null, "de"], draft.Parts.Select(PartList.TextOf));
    }

    [Fact]
    public void Text_is_added_to_the_last_part_only()
    {
        var draft = new MessageDraft([new TextPart("a"), new TextPart("b")]);
        Assert.Throws<InvalidOperationException>(() => draft.Append(1, "c"));
    }

    private static int[] Ids(Message message) => [.. message.Parts.Select(p => p.PartId)];

    private static Message Message(params MessagePart[] parts) => new()
    {
        Id = Guid.NewGuid(),
        RoomId = Guid.NewGuid(),
        Sequence = 1,
        Author = new Author(AuthorKind.Person, "ada", "Ada"),
        Parts = [.. parts],
        Status = MessageStatus.Complete.Instance,
        CreatedAt = DateTimeOffset.UnixEpoch,
    };
}
