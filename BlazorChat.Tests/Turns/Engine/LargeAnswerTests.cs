using System.Net;
using System.Text;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.Turns.Engine;

/// <summary>Answers and results that reach their bounds.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class LargeAnswerTests
{
    [Theory]
    [InlineData(10_000)]
    [InlineData(100_000)]
    [InlineData(3_000_000)]
    public async Task A_long_result_is_kept_whole_beside_an_excerpt(int length)
    {
        await using var bench = await TurnBench.ListenAsync(TestDatabase.Sqlite, TurnBench.Tool("read", () => new string('x', length)));
        (await bench.AskAsync()).Call("c1", "read").Finish();
        var next = await bench.Host.Model.NextAsync();
        Assert.InRange(Assert.Single(next.Results).Length, 1, RoomLimits.ToolResultLength + "c1: ".Length);
        next.Finish("Read.");
        var call = Assert.Single((await bench.EndedAsync()).Calls);
        if (length <= RoomLimits.ToolResultLength)
        {
            Assert.Equal((length, null, null), (call.Result!.Length, call.BlobId, call.WholeLength));
            return;
        }

        Assert.EndsWith($"of {length:N0} characters)", call.Result, StringComparison.Ordinal);
        Assert.Equal(length, call.WholeLength);
        var blob = (await bench.Host.Rooms.ReadBlobAsync(ChatHost.Grace, bench.Room.Id, call.BlobId!.Value, default)).Value;
        Assert.Equal(length, Encoding.UTF8.GetString(blob.Content.ToArray()).Length);
        Assert.Equal(RoomErrorKind.Forbidden, (await bench.Host.Rooms.ReadBlobAsync(null, bench.Room.Id, call.BlobId.Value, default)).Error?.Kind);
        var elsewhere = await bench.Host.RoomAsync("Elsewhere");
        Assert.Equal(RoomErrorKind.NotFound, (await bench.Host.Rooms.ReadBlobAsync(ChatHost.Ada, elsewhere.Id, call.BlobId.Value, default)).Error?.Kind);
        using var nobody = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var response = await nobody.GetAsync(new Uri($"{bench.Host.App.Urls.First()}/rooms/{bench.Room.Id}/blobs/{call.BlobId}"));
        Assert.NotEqual(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_answer_of_more_parts_than_it_can_have_ends_and_says_so(bool calls)
    {
        await using var bench = await TurnBench.StartAsync(TurnBench.Tool("look", () => "seen"));
        var response = await bench.AskAsync();
        for (var i = 0; i <= RoomLimits.Parts; i++)
        {
            _ = calls ? response.Call($"c{i}", "look") : i % 2 == 0 ? response.Say("a") : response.Think("b");
        }

        response.Finish();
        var ended = await bench.EndedAsync();
        Assert.Equal(new MessageStatus.Failed("This answer has more than 500 parts, which is the limit."), ended.Status);
        Assert.Equal(RoomLimits.Parts, ended.Parts.Length);
        Assert.Equal(RoomLimits.Parts, (await bench.StoredAsync()).Parts.Length);
    }
}
