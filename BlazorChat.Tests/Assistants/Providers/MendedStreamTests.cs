using System.Text;
using System.Text.Json;
using BlazorChat.Assistants.Providers.Streams;
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
        // However lines end, and whatever else is in the stream.
        { ": comment\n\nevent: x\r\nid: 1\nretry: 5\ndata: {\"delta\":\"a\"}\r\n\r\ndata: {\"delta\":\"b\"}\n\ndata: [DONE]\n\n", "a|b|[DONE]" },
        { "data:{\"delta\":\"a\"}\r\rdata: {\"delta\":\"\\ud83d\\ude00 \\\\ud83d\"}", "a|\U0001F600 \\ud83d" },
        { "\uFEFFdata: {\"delta\":\"a\"}\n\ndata: {\"delta\":\"b\"}\n\n", "a|b" },

        // Data in several lines; events without the empty line between them, and glued ones.
        { "data: {\ndata: \"delta\":\r\n: ping\r\ndata: \"a\"}\n\n", "a" },
        { "data: {\"delta\":\"a\"}\ndata: {\"delta\":\"b\"}\ndata: [DONE]\n", "a|b|[DONE]" },
        { "data: {\"delta\":\"a\"}data: {\"delta\":\"b\"}{\"delta\":\"c\"}\n\n", "a|b|c" },
        { "data: {\"de data: {\"delta\":\"b\"}\n\ndata: {\"delta\":\"c\"}\n\n", "b|c" },
        { "data: {\"delta\":\"lo\n\ndata: {\"delta\":\"b\"}\n\ndata: [DONE]\n", "b|[DONE]" },

        // JSON without events, a line each or written over several.
        { "{\"delta\":\"a\"}\n{\"delta\":\"b\"}\n", "a|b" },
        { "\n{\n  \"delta\":\n\n  \"a\"\n}\n", "a" },

        // What serializers get wrong.
        { "data: {\"delta\":\"a\tb\\'c\",\"p\":NaN,\"q\":[-Infinity,1e5,None],\"r\":True,}\n\n", "a\tb\\'c" },
        { "data: {\"delta\":\"a\nb\"}\n\n", "a\nb" },
        { "data: not json\n\ndata: {\"delta\":\"b\"}\n\ndata: 42\n\ndata: [DONE]\n", "b|[DONE]" },

        // Halves of characters: joined over two events, replaced where there is no other half.
        { "data: {\"delta\":\"ok \\ud83d\"}\n\n: ping\n\ndata: {\"delta\":\"\\uDE00 end\"}\n\n", "ok |\U0001F600 end" },
        { "data: {\"delta\":\"a\\ud83d\"}\n\ndata: {\"delta\":\"b\"}\n\n", "a|\uFFFDb" },
        { "data: {\"delta\":\"a\\ud83d\"}\n\n", "a|\uFFFD" },
        { "data: {\"delta\":\"a\\ud83d\"}\n\ndata: [DONE]\n\n", "a|\uFFFD|[DONE]" },
        { "data: {\"delta\":\"\\ud83dx\\ude00\\\\\"}\n\n", "\uFFFDx\uFFFD\\" },
        { "data: {\"delta\":\"\\ud83d\"}\ndata: {\"delta\":\"\\ude00\\ud83d\"}\ndata: {\"delta\":\"\\ude01\"}\n", "|\U0001F600|\U0001F601" },
    };

    [Theory]
    [MemberData(nameof(Events))]
    public async Task Events_are_understood_wherever_the_bytes_are_cut(string sent, string expected)
    {
        // In the place of a text, each protocol has its own field.
        var bytes = Encoding.UTF8.GetBytes(sent.Replace("\"delta\":", "\"type\":\"response.output_text.delta\",\"delta\":", StringComparison.Ordinal));
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            Assert.Equal(expected, await MendAsync([bytes[..cut], bytes[cut..]]));
        }

        Assert.Equal(expected, await MendAsync([.. bytes.Select(single => new[] { single })]));
    }

    [Theory]
    [InlineData(": c\n\ndata: {\"candidates\":[{\"text\":\"a\\ud83d\"}]}\n\ndata: more\n\n", ": c\ndata: {\"candidates\":[{\"text\":\"a\\uFFFD\"}]}\n\ndata: more\n\n")]
    [InlineData("event: e\ndata: {\"x\":\ndata: 1}\n\ndata: [DONE]\n\n", "event: e\ndata: {\"x\":  1}\n\ndata: [DONE]\n\n")]
    [InlineData("{\"a\":1}\n{\"b\":2}\n", "{\"a\":1}\n{\"b\":2}\n")]
    public async Task Events_of_a_protocol_that_is_not_known_pass_as_they_are(string sent, string expected)
    {
        await using var stream = new MendedStream(new PieceStream([Encoding.UTF8.GetBytes(sent)]), ModelProtocol.Unknown);
        Assert.Equal(expected, (await new StreamReader(stream).ReadToEndAsync()).Replace("\n\n\n", "\n\n", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Broken_bytes_become_the_sign_for_them_wherever_they_are_cut()
    {
        // Two bytes of an emoji, then the end of the text.
        byte[] bytes = [.. "data: {\"type\":\"response.output_text.delta\",\"delta\":\"ok "u8, 0xF0, 0x9F, .. "\"}\n\ndata: {\"type\":\"response.output_text.delta\",\"delta\":\"é\"}\n\n"u8];
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            Assert.Equal("ok \uFFFD|é", await MendAsync([bytes[..cut], bytes[cut..]]));
        }
    }

    [Fact]
    public async Task An_event_goes_on_when_it_is_complete_and_not_later()
    {
        var pieces = new PieceStream([Encoding.UTF8.GetBytes("data: {\"x\":1}\n"), Encoding.UTF8.GetBytes("\ndata: {\"x\""), Encoding.UTF8.GetBytes(":2}\n")]);
        await using var stream = new MendedStream(pieces, ModelProtocol.Unknown);
        var buffer = new byte[1000];
        Assert.Equal("data: {\"x\":1}\n\n", Encoding.UTF8.GetString(buffer, 0, await stream.ReadAsync(buffer)));
        Assert.Equal(1, pieces.Given);
        Assert.Equal("data: {\"x\":2}\n\n", Encoding.UTF8.GetString(buffer, 0, await stream.ReadAsync(buffer)).TrimStart('\n'));
        Assert.Equal(0, await stream.ReadAsync(buffer));
    }

    [Fact]
    public async Task What_waits_for_its_other_half_comes_before_the_failure_that_it_waited_for()
    {
        await using var stream = new MendedStream(new PieceStream([Encoding.UTF8.GetBytes("data: {\"type\":\"response.output_text.delta\",\"delta\":\"a\\ud83d\"}\n\n")], new IOException("reset")), ModelProtocol.Responses);
        var texts = new List<string>();
        await Assert.ThrowsAsync<IOException>(() => ReadAsync(stream, texts));
        Assert.Equal(["a", "\uFFFD"], texts);
    }

    [Fact]
    public async Task A_line_without_an_end_is_refused()
    {
        var piece = new byte[1024 * 1024];
        Array.Fill(piece, (byte)'x');
        await using var stream = new MendedStream(new PieceStream([.. Enumerable.Repeat(piece, 20)]), ModelProtocol.Chat);
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
    [InlineData("\"\"", "\"\"", "stop")]
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
        await using var stream = new MendedStream(new PieceStream(pieces), ModelProtocol.Responses);
        var texts = new List<string>();
        await ReadAsync(stream, texts);
        return string.Join('|', texts);
    }

    private static async Task ReadAsync(MendedStream stream, List<string> texts)
    {
        using var lines = new StreamReader(stream);
        while (await lines.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("data: {", StringComparison.Ordinal))
            {
                // The strict reader of a provider's library.
                using var data = JsonDocument.Parse(line["data: ".Length..]);
                if (data.RootElement.TryGetProperty("delta", out var delta))
                {
                    texts.Add(delta.GetString()!);
                }
            }
            else if (line.StartsWith("data:", StringComparison.Ordinal))
            {
                texts.Add(line["data: ".Length..]);
            }
        }
    }
}
