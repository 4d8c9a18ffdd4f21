using System.Text;
using BlazorChat.Assistants.Providers;
using BlazorChat.Assistants;
using BlazorChat.Tests.Support;
using Microsoft.Extensions.AI;

namespace BlazorChat.Tests.Assistants.Providers;

/// <summary>What a model's server sends that OpenAI's strict library would throw at is mended below it.</summary>
[Trait(nameof(Kind), Kind.Unit)]
public sealed class MendedStreamTests : IAsyncLifetime
{
    private ModelStub _stub = null!;

    public async Task InitializeAsync() => _stub = await ModelStub.StartAsync();

    public async Task DisposeAsync() => await _stub.DisposeAsync();

    public static TheoryData<string, string> Events => new()
    {
        // Nothing to mend: the same bytes, however lines end and whatever else is in the stream.
        { ": comment\n\nevent: x\r\ndata: {\"choices\":[{\"finish_reason\":null,\"delta\":{\"role\":\"assistant\",\"content\":\"a\"}}]}\r\n\r\ndata: [DONE]\n\n", "" },
        { "data:{\"choices\":[{\"finish_reason\":\"stop\"}]}\r\rdata: {\"content\":\"\\ud83d\\ude00 \\\\ud83d\"}", "" },
        { "data: not json \"finish_reason\":\"eos\" \"choices\"\n\n", "" },
        { "data: {\"role\":\"model\",\"content\":\"\\\"finish_reason\\\":\\\"eos\\\" \U0001F980 é\"}\n\n", "" },

        // Words that nobody knows.
        { "data: {\"choices\":[{\"delta\":{\"content\":\"a\"},\"finish_reason\":\"\"}]}\n\n", "data: {\"choices\":[{\"delta\":{\"content\":\"a\"},\"finish_reason\":null,\"finish_reason_given\":\"\"}]}\n\n" },
        { "data: {\"choices\":[{\"finish_reason\" : \"eos\" ,\"delta\":{}}]}\n\n", "data: {\"choices\":[{\"finish_reason\" : null,\"finish_reason_given\":\"eos\" ,\"delta\":{}}]}\n\n" },
        { "data: {\"choices\":[{\"delta\":{\"role\":\"\",\"content\":\"a\"}}]}\n\n", "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"a\"}}]}\n\n" },
        { "data: {\"choices\":[{\"delta\":{\"role\":\"model\",\"tool_calls\":[{\"type\":\"\",\"id\":\"1\"}]}}]}\n\n", "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"tool_calls\":[{\"type\":\"function\",\"id\":\"1\"}]}}]}\n\n" },
        { "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"type\":\"function\",\"id\":\"1\"},{\"type\":\"\",\"id\":\"2\"}]}}]}\n\n", "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"type\":\"function\",\"id\":\"1\"},{\"type\":\"function\",\"id\":\"2\"}]}}]}\n\n" },
        { "data: {\"response\":{\"status\":\"odd\",\"output\":[{\"status\":\"\"},{\"status\":\"completed\"}]}}\n\n", "data: {\"response\":{\"status\":\"in_progress\",\"output\":[{\"status\":\"completed\"},{\"status\":\"completed\"}]}}\n\n" },
        { "data: {\"item\":{\"id\":\"1\",\"status\":\"odd\"}}\n\n", "data: {\"item\":{\"id\":\"1\",\"status\":\"completed\"}}\n\n" },

        // Halves of characters: joined over two events, replaced where there is no other half.
        { "data: {\"d\":{\"t\":\"ok \\ud83d\"}}\n\n: ping\n\ndata: {\"d\":{\"t\":\"\\uDE00 end\"}}\n\n", "data: {\"d\":{\"t\":\"ok \\ud83d\\uDE00\"}}\n\n: ping\n\ndata: {\"d\":{\"t\":\" end\"}}\n\n" },
        { "data: {\"t\":\"a\\ud83d\"}\n\ndata: {\"t\":\"b\"}\n\n", "data: {\"t\":\"a\\ufffd\"}\n\ndata: {\"t\":\"b\"}\n\n" },
        { "data: {\"t\":\"a\\ud83d\"}\n\ndata: {\"u\":\"\\ude00\"}\n\n", "data: {\"t\":\"a\\ufffd\"}\n\ndata: {\"u\":\"\\ufffd\"}\n\n" },
        { "data: {\"t\":\"a\\ud83d\"}\n\n", "data: {\"t\":\"a\\ufffd\"}\n\n" },
        { "data: {\"t\":\"a\\ud83d\"}\n\ndata: [DONE]\n\n", "data: {\"t\":\"a\\ufffd\"}\n\ndata: [DONE]\n\n" },
        { "data: {\"t\":\"\\ud83dx\\ude00\\\\\"}\n\n", "data: {\"t\":\"\\ufffdx\\ufffd\\\\\"}\n\n" },
        { "data: {\"t\":\"\\ud83d\"}\ndata: {\"t\":\"\\ude00\\ud83d\"}\ndata: {\"t\":\"\\ude01\"}\n", "data: {\"t\":\"\\ud83d\\ude00\"}\ndata: {\"t\":\"\\ud83d\\ude01\"}\ndata: {\"t\":\"\"}\n" },

        // Data in several lines, which counts as one with breaks in it: mended in one line. Breaks inside of a text are no JSON.
        { "event: x\ndata: {\"choices\":\ndata: [{\"finish_reason\":\"eos\"}]}\n\n", "event: x\ndata: {\"choices\":  [{\"finish_reason\":null,\"finish_reason_given\":\"eos\"}]}\n\n" },
        { "data:{\r\n: ping\r\ndata:\"t\":\r\ndata:\"\\ud83d\"}\r\n\r\ndata: {\"t\":\"\\ude00\"}\r\n\r\n", ": ping\r\ndata:{ \"t\": \"\\ud83d\\ude00\"}\n\r\ndata: {\"t\":\"\"}\r\n\r\n" },
        { "data: {\"choices\":\ndata: [{\"finish_reason\":\"eos\"}]}", "data: {\"choices\":  [{\"finish_reason\":null,\"finish_reason_given\":\"eos\"}]}\n" },
        { "data: {\"t\":\"a\ndata: b \\ud83d\"}\nid: 1\n\n", "" },
        { "data: {\"t\":\"\\ud83d\",\"choices\":[{\"finish_reason\":\"eos\"}]}\n", "data: {\"t\":\"\\ufffd\",\"choices\":[{\"finish_reason\":null,\"finish_reason_given\":\"eos\"}]}\n" },
    };

    [Theory]
    [MemberData(nameof(Events))]
    public async Task Only_what_is_odd_is_changed_wherever_the_bytes_are_cut(string sent, string expected)
    {
        var bytes = Encoding.UTF8.GetBytes(sent);
        var mended = expected.Length > 0 ? expected : sent;
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            Assert.Equal(mended, await MendAsync([bytes[..cut], bytes[cut..]]));
        }

        Assert.Equal(mended, await MendAsync([.. bytes.Select(single => new[] { single })]));
    }

    [Fact]
    public async Task Broken_bytes_become_the_sign_for_them_wherever_they_are_cut()
    {
        // Two bytes of an emoji, then the end of the text.
        byte[] bytes = [.. "data: {\"t\":\"ok "u8, 0xF0, 0x9F, .. "\"}\n\ndata: {\"t\":\"é\"}\n\n"u8];
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            Assert.Equal("data: {\"t\":\"ok \uFFFD\"}\n\ndata: {\"t\":\"é\"}\n\n", await MendAsync([bytes[..cut], bytes[cut..]]));
        }
    }

    [Fact]
    public async Task A_line_goes_on_when_it_has_ended_and_not_later()
    {
        var pieces = new Pieces([Encoding.UTF8.GetBytes("data: {\"t\":1}\n\ndata: {\"t\""), Encoding.UTF8.GetBytes(":2}\n")]);
        await using var stream = new MendedStream(pieces);
        var buffer = new byte[1000];
        Assert.Equal("data: {\"t\":1}\n\n", Encoding.UTF8.GetString(buffer, 0, await stream.ReadAsync(buffer)));
        Assert.Equal(1, pieces.Given);
        Assert.Equal("data: {\"t\":2}\n", Encoding.UTF8.GetString(buffer, 0, await stream.ReadAsync(buffer)));
        Assert.Equal(0, await stream.ReadAsync(buffer));
    }

    [Fact]
    public async Task What_waits_for_its_other_half_comes_before_the_failure_that_it_waited_for()
    {
        await using var stream = new MendedStream(new Pieces([Encoding.UTF8.GetBytes("data: {\"t\":\"a\\ud83d\"}\n\n")], new IOException("reset")));
        var buffer = new byte[1000];
        Assert.Equal("data: {\"t\":\"a\\ufffd\"}\n\n", Encoding.UTF8.GetString(buffer, 0, await stream.ReadAsync(buffer)));
        await Assert.ThrowsAsync<IOException>(() => stream.ReadExactlyAsync(buffer).AsTask());
    }

    [Fact]
    public async Task A_line_without_an_end_is_refused()
    {
        var piece = new byte[1024 * 1024];
        Array.Fill(piece, (byte)'x');
        await using var stream = new MendedStream(new Pieces([.. Enumerable.Repeat(piece, 20)]));
        var failure = await Assert.ThrowsAsync<ChatFailureException>(() => stream.ReadExactlyAsync(new byte[10]).AsTask());
        Assert.Equal(ChatFailureKind.TooLong, failure.Kind);
    }

    [Theory]
    [InlineData("""{"content":"ok \ud83d"}""", """{"content":"\ude00 end"}""", "ok \U0001F600 end")]
    [InlineData("""{"content":"ok \ud83d"}""", """{"content":" end"}""", "ok \uFFFD end")]
    [InlineData("""{"role":"","content":"ok "}""", """{"role":"model","content":"end"}""", "ok end")]
    public async Task An_answer_keeps_its_text(string first, string second, string text)
    {
        var reading = await AskAsync(Chunk(first, "null"), Chunk(second, "null"), Chunk("{}", "\"stop\""), "data: [DONE]\n\n");
        Assert.Null(reading.Failure);
        Assert.Equal(text, reading.Text);
        Assert.Equal(ChatFinishReason.Stop, reading.FinishReason);
    }

    [Theory]
    [MemberData(nameof(ModelWire.InPieces), MemberType = typeof(ModelWire))]
    public async Task Events_with_data_in_several_lines_keep_their_text(string protocol)
    {
        var wire = ModelWire.Named(protocol);
        using var directory = wire.CreateDirectory(_stub.Address);
        var first = wire.Text("ok %").Replace("%", @"\ud83d", StringComparison.Ordinal);
        var second = wire.Text("% end").Replace("%", @"\ude00", StringComparison.Ordinal);
        string[] events = [wire.Begin, first, second, wire.Finish("some_new_reason"), wire.Done];
        _stub.EnqueueStream([.. events.Select(one => one.Replace(",\"", ",\ndata: \"", StringComparison.Ordinal))]);
        var reading = await ModelWire.AskAsync(directory);
        Assert.Null(reading.Failure);
        Assert.Equal("ok \U0001F600 end", reading.Text);
    }

    [Theory]
    [InlineData("\"\"", "\"stop\"", "stop")]
    [InlineData("\"\"", "\"\"", "unknown")]
    [InlineData("\"eos\"", "null", "eos")]
    [InlineData("null", "\"eos\"", "eos")]
    public async Task A_finish_reason_that_is_empty_or_unknown_takes_no_text_with_it(string beside, string last, string reason)
    {
        var reading = await AskAsync(Chunk("""{"content":"every "}""", beside), Chunk("""{"content":"chunk"}""", beside), Chunk("{}", last), "data: [DONE]\n\n");
        Assert.Null(reading.Failure);
        Assert.Equal("every chunk", reading.Text);
        Assert.Equal(new ChatFinishReason(reason), reading.FinishReason);
    }

    [Fact]
    public async Task An_empty_finish_reason_beside_text_does_not_complete_an_answer_that_was_cut()
    {
        var reading = await AskAsync(Chunk("""{"content":"half "}""", "\"\""), Chunk("""{"content":"an"}""", "\"\""));
        Assert.Equal("half an", reading.Text);
        Assert.Equal(ChatFailureKind.EndedEarly, reading.Failure?.Kind);
    }

    [Fact]
    public async Task The_finish_reason_error_fails_after_the_text_beside_it()
    {
        var reading = await AskAsync(Chunk("""{"content":"half "}""", "null"), Chunk("""{"content":"an"}""", "\"error\""), "data: [DONE]\n\n");
        Assert.Equal("half an", reading.Text);
        Assert.Equal(ChatFailureKind.ProviderError, reading.Failure?.Kind);
    }

    [Fact]
    public async Task A_call_of_an_unknown_type_is_one_of_a_function()
    {
        var reading = await AskAsync(
            Chunk("""{"tool_calls":[{"index":0,"id":"call_1","type":"","function":{"name":"dice","arguments":"{}"}}]}""", "null"), Chunk("{}", "\"tool_calls\""));
        Assert.Null(reading.Failure);
        Assert.Equal("call_1 dice", string.Join(',', reading.Calls.Select(call => $"{call.CallId} {call.Name}")));
    }

    [Fact]
    public async Task A_call_of_an_unknown_type_behind_one_of_a_known_type_is_not_lost()
    {
        var reading = await AskAsync(
            Chunk("""{"content":"Rolling"}""", "null"),
            Chunk(
                """{"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"dice","arguments":"{}"}},{"index":1,"id":"call_2","type":"","function":{"name":"coin","arguments":"{}"}}]}""",
                "null"),
            Chunk("{}", "\"tool_calls\""));
        Assert.Null(reading.Failure);
        Assert.Equal("call_1 dice,call_2 coin", string.Join(',', reading.Calls.Select(call => $"{call.CallId} {call.Name}")));
    }

    [Theory]
    [InlineData("application/octet-stream")]
    [InlineData("Text/Event-Stream; charset=utf-8")]
    public async Task It_is_mended_whatever_the_server_calls_it(string type)
    {
        using var directory = ModelWire.Named(ModelWire.OpenAI).CreateDirectory(_stub.Address);
        _stub.Enqueue(200, type, Chunk("""{"role":"model","content":"ok"}""", "null") + Chunk("{}", "\"stop\""));
        var reading = await ModelWire.AskAsync(directory);
        Assert.Null(reading.Failure);
        Assert.Equal("ok", reading.Text);
    }

    [Fact]
    public async Task A_stream_that_says_its_end_for_ever_is_ended()
    {
        using var directory = ModelWire.Named(ModelWire.OpenAI).CreateDirectory(_stub.Address, configure: options => options.MaxResponseCharacters = 1_000);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _stub.Enqueue(async exchange =>
        {
            await exchange.StartStreamAsync();
            await exchange.WriteAsync(Chunk("""{"content":"That is all"}""", "null"));
            try
            {
                while (true)
                {
                    await exchange.WriteAsync(Chunk("{}", "\"stop\""));
                }
            }
            finally
            {
                ended.SetResult();
            }
        });
        var reading = await ModelWire.AskAsync(directory);
        Assert.Equal(ChatFailureKind.TooLong, reading.Failure?.Kind);
        Assert.Equal("That is all", reading.Text);
        // The server was told to stop, too.
        await ended.Task.Soon();
    }

    [Fact]
    public async Task Broken_bytes_in_an_answer_cost_one_character()
    {
        byte[] broken = [.. "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"ok "u8, 0xF0, 0x9F, .. "\"},\"finish_reason\":null}]}\n\n"u8];
        using var directory = ModelWire.Named(ModelWire.OpenAI).CreateDirectory(_stub.Address);
        _stub.Enqueue(async exchange =>
        {
            await exchange.StartStreamAsync();
            await exchange.WriteAsync(broken);
            await exchange.WriteAsync(Chunk("{}", "\"stop\""));
        });
        var reading = await ModelWire.AskAsync(directory);
        Assert.Null(reading.Failure);
        Assert.Equal("ok \uFFFD", reading.Text);
    }

    private static string Chunk(string delta, string reason) =>
        $$"""data: {"id":"c1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{{delta}},"finish_reason":{{reason}}}]}""" + "\n\n";

    private async Task<Reading> AskAsync(params string[] events)
    {
        using var directory = ModelWire.Named(ModelWire.OpenAI).CreateDirectory(_stub.Address);
        _stub.EnqueueStream(events);
        return await ModelWire.AskAsync(directory);
    }

    private static async Task<string> MendAsync(byte[][] pieces)
    {
        await using var stream = new MendedStream(new Pieces(pieces));
        using var result = new MemoryStream();
        await stream.CopyToAsync(result);
        return Encoding.UTF8.GetString(result.ToArray());
    }

    /// <summary>A stream that gives one piece with each read.</summary>
    private sealed class Pieces(byte[][] pieces, Exception? end = null) : MemoryStream
    {
        private readonly Queue<byte[]> _pieces = new(pieces.Where(piece => piece.Length > 0));
        private int _offset;

        public int Given { get; private set; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (!_pieces.TryPeek(out var piece))
            {
                return end is null ? new(0) : ValueTask.FromException<int>(end);
            }

            var count = Math.Min(buffer.Length, piece.Length - _offset);
            piece.AsMemory(_offset, count).CopyTo(buffer);
            _offset += count;
            if (_offset == piece.Length)
            {
                _pieces.Dequeue();
                _offset = 0;
                Given++;
            }

            return new(count);
        }
    }
}
