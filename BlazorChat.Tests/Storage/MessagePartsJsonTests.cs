using BlazorChat.Messages;
using BlazorChat.Storage;
using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.Storage;

[Trait(nameof(Kind), Kind.Storage)]
public sealed class MessagePartsJsonTests
{
    [Theory]
    [InlineData("plain")]
    [InlineData("\"quotes\" \\ and\nlines\tтекст 日本 👩‍👩‍👧 <script>")]
    public void Text_comes_back_as_it_was(string text) =>
        Assert.Equal(new TextPart(text), Assert.Single(MessagePartsJson.Read(MessagePartsJson.Write([new TextPart(text)]))));

    [Fact]
    public void No_parts_are_none() => Assert.Empty(MessagePartsJson.Read(MessagePartsJson.Write([])));

    [Fact]
    public void The_stored_form_is_versioned_and_readable() =>
        Assert.Equal("""{"v":1,"parts":[{"type":"text","text":"Grüße, 日本"}]}""", MessagePartsJson.Write([new TextPart("Grüße, 日本")]));

    [Fact]
    public void A_part_of_a_newer_version_is_kept_beside_those_that_can_be_read()
    {
        const string Stored = """{"v":7,"parts":[{"type":"text","text":"a"},{"type":"hologram","data":{"x":1}},{"type":"text","text":"b"}]}""";
        var parts = MessagePartsJson.Read(Stored);
        Assert.Equal([new TextPart("a"), new UnknownPart("""{"type":"hologram","data":{"x":1}}"""), new TextPart("b")], parts.ToArray());
        Assert.Equal(parts.ToArray(), MessagePartsJson.Read(MessagePartsJson.Write(parts)).ToArray());
    }

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("{\"v\":1}")]
    [InlineData("{\"parts\":5}")]
    [InlineData("{\"\\ud800\":5,\"parts\":5}")]
    public void Damage_becomes_an_unknown_part_and_can_be_stored_again(string damaged)
    {
        var part = Assert.IsType<UnknownPart>(Assert.Single(MessagePartsJson.Read(damaged)));
        Assert.Equal(damaged, part.Json);
        Assert.IsType<UnknownPart>(Assert.Single(MessagePartsJson.Read(MessagePartsJson.Write([part]))));
    }

    [Theory]
    [InlineData("""{"v":1,"parts":[{"type":"text"}]}""")]
    [InlineData("""{"v":1,"parts":[{"type":"text","text":5}]}""")]
    [InlineData("""{"v":1,"parts":[{"type":5}]}""")]
    [InlineData("""{"v":1,"parts":[null]}""")]
    public void A_malformed_part_never_throws(string stored) =>
        Assert.IsType<UnknownPart>(Assert.Single(MessagePartsJson.Read(stored)));

    public static TheoryData<string> EveryPart => [.. Parts.Keys];

    private static Dictionary<string, MessagePart> Parts { get; } = new(StringComparer.Ordinal)
    {
        ["text"] = new TextPart("Text \"quoted\" \0 日本") { PartId = 4, Step = 3 },
        ["reasoning"] = new ReasoningPart("") { PartId = 2, Step = 1, ProtectedData = "sealed", Origin = "Anthropic model", Took = TimeSpan.FromSeconds(4.5) },
        ["call"] = new ToolCallPart("c1", "look")
        {
            PartId = 3,
            Step = 2,
            Arguments = """{"half":"an obj""",
            State = ToolCallState.Rejected,
            Result = "No.",
            BlobId = Guid.Parse("018f0000-0000-7000-8000-00000000000c"),
            WholeLength = int.MaxValue,
            Decision = new ToolDecision(false, new Author(AuthorKind.Person, "a", "Ada"), new DateTimeOffset(2026, 1, 2, 3, 4, 5, 6, TimeSpan.FromHours(2)), "Not now"),
            BeganAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
            EndedAt = DateTimeOffset.MaxValue,
            ExpiresAt = new DateTimeOffset(2026, 1, 3, 3, 4, 5, TimeSpan.Zero),
            Tool = new ToolFingerprint("d", "s", "n") { Title = "t" },
            Label = new ToolLabel("Look") { Doing = "Looking", Done = "Looked", Source = "eyes", OwnName = "look!" },
            Count = 3,
            AskedAgain = "It has changed.",
            AskedAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
            NeedsTwoPeople = true,
            FirstApproval = new ToolDecision(true, new Author(AuthorKind.Person, "g", "Grace"), new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(2)), null) { IsStanding = true },
            Work = new CallWork([new TextPart("I look.") { PartId = 1 }, new ToolCallPart("c2", "look") { PartId = 2, State = ToolCallState.Expired }]),
        },
        ["bare call"] = new ToolCallPart("", ""),
        ["data"] = new DataPart("progress", "p1", """{"type":"inner","value":1}""") { PartId = 5, Step = 4 },
        ["bare data"] = new DataPart("progress", null, "null"),
        ["source"] = new SourcePart("https://example.com/", "Title") { PartId = 6, Step = 5 },
        ["bare source"] = new SourcePart("", null),
        ["file"] = new FilePart(Guid.Parse("018f0000-0000-7000-8000-00000000000d"), "a.txt", "text/plain", long.MaxValue) { PartId = 7, Step = 6 },
        ["error"] = new ErrorPart("It failed.") { PartId = 8, Step = 7 },
    };

    [Theory]
    [MemberData(nameof(EveryPart))]
    public void Every_part_comes_back_with_every_member(string name) =>
        Assert.Equal(Parts[name], Assert.Single(MessagePartsJson.Read(MessagePartsJson.Write([Parts[name]]))));

    [Fact]
    public void Every_type_of_part_and_every_member_is_among_the_ones_that_come_back()
    {
        var types = typeof(MessagePart).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(MessagePart)) && t != typeof(UnknownPart));
        Assert.All(types, type =>
        {
            var parts = Parts.Values.Where(p => p.GetType() == type).ToList();
            Assert.All(type.GetProperties().Where(p => p.CanWrite), member =>
                Assert.Contains(parts, p => member.GetValue(p) is { } value && !(value.GetType().IsValueType && value.Equals(Activator.CreateInstance(value.GetType())))));
        });
    }

    [Theory]
    [MemberData(nameof(EveryPart))]
    public void What_a_newer_version_says_more_about_a_part_leaves_it_readable(string name)
    {
        var stored = MessagePartsJson.Write([Parts[name]]).Replace("{\"type\":", """{"added":{"type":"text","deep":[1,null]},"type":""", StringComparison.Ordinal);
        Assert.Equal(Parts[name], Assert.Single(MessagePartsJson.Read(stored)));
    }

    [Theory]
    [InlineData("""{"type":"text","text":null}""")]
    [InlineData("""{"type":"text","text":"a","step":"one"}""")]
    [InlineData("""{"type":"text","text":"a","step":99999999999}""")]
    [InlineData("""{"type":"text","text":"\ud800"}""")]
    [InlineData("""{"type":"\ud800","text":"a"}""")]
    [InlineData("""{"\ud800":"text","text":"a"}""")]
    [InlineData("""{"type":"reasoning"}""")]
    [InlineData("""{"type":"reasoning","text":"a","protectedData":5}""")]
    [InlineData("""{"type":"call","callId":"c"}""")]
    [InlineData("""{"type":"call","name":"n"}""")]
    [InlineData("""{"type":"call","callId":"c","name":"n","arguments":null}""")]
    [InlineData("""{"type":"call","callId":"c","name":"n","arguments":{}}""")]
    [InlineData("""{"type":"call","callId":"c","name":"n","state":"dancing"}""")]
    [InlineData("""{"type":"call","callId":"c","name":"n","state":5}""")]
    [InlineData("""{"type":"call","callId":"c","name":"n","result":[]}""")]
    [InlineData("""{"type":"call","callId":"c","name":"n","blobId":"x"}""")]
    [InlineData("""{"type":"call","callId":"c","name":"n","wholeLength":1e99}""")]
    [InlineData("""{"type":"call","callId":"c","name":"n","beganAt":"yesterday"}""")]
    [InlineData("""{"type":"call","callId":"c","name":"n","decision":true}""")]
    [InlineData("""{"type":"call","callId":"c","name":"n","decision":{"isApproved":true}}""")]
    [InlineData("""{"type":"call","callId":"c","name":"n","decision":{"isApproved":true,"by":{"kind":"person","id":"a"}}}""")]
    [InlineData("""{"type":"call","callId":"c","name":"n","decision":{"isApproved":true,"by":{"kind":"person","name":"Ada"}}}""")]
    [InlineData("""{"type":"data","json":"1"}""")]
    [InlineData("""{"type":"data","dataType":"progress"}""")]
    [InlineData("""{"type":"data","dataType":null,"json":"1"}""")]
    [InlineData("""{"type":"data","dataType":"progress","json":{}}""")]
    [InlineData("""{"type":"data","dataType":"progress","json":"1","id":5}""")]
    [InlineData("""{"type":"data","dataType":"progress","json":"1","step":1.5}""")]
    [InlineData("""{"type":"data","dataType":"progress","json":"1","step":99999999999}""")]
    [InlineData("""{"type":"data","dataType":"progress","json":"\udc00"}""")]
    [InlineData("""{"type":"source"}""")]
    [InlineData("""{"type":"source","url":"u","title":{}}""")]
    [InlineData("""{"type":"file","name":"n"}""")]
    [InlineData("""{"type":"file","mediaType":"m"}""")]
    [InlineData("""{"type":"file","name":"n","mediaType":"m","length":"long"}""")]
    [InlineData("""{"type":"error"}""")]
    [InlineData("""{"type":"error","sentence":["a"]}""")]
    [InlineData("""{"type":"hologram","x":"\ud800","\udc00":1}""")]
    [InlineData("true")]
    [InlineData("[]")]
    public void A_damaged_part_is_kept_as_it_is_beside_the_others(string damaged)
    {
        var parts = MessagePartsJson.Read($$"""{"v":1,"parts":[{"type":"text","text":"a"},{{damaged}},{"type":"text","text":"b"}]}""");
        Assert.Equal([new TextPart("a"), new UnknownPart(damaged), new TextPart("b")], parts.ToArray());
        Assert.Equal(parts.ToArray(), MessagePartsJson.Read(MessagePartsJson.Write(parts)).ToArray());
    }

    [Theory]
    [InlineData(1_000_000, "[", "]")]
    [InlineData(1_000_000, "9", "")]
    public void A_huge_one_can_be_stored_again_and_does_not_grow(int length, string open, string close)
    {
        var huge = string.Concat(Enumerable.Repeat(open, length)) + string.Concat(Enumerable.Repeat(close, length));
        var parts = MessagePartsJson.Read($$"""{"v":1,"parts":[{"type":"text","text":"a","step":{{huge}}}]}""");
        Assert.IsType<UnknownPart>(Assert.Single(parts));
        var stored = MessagePartsJson.Write(parts);
        var again = MessagePartsJson.Write(MessagePartsJson.Read(stored));
        Assert.Equal(stored, MessagePartsJson.Write(MessagePartsJson.Read(again)));
    }
}
