using System.Text.Json;

namespace BlazorChat.Benchmarks.Stub;

/// <summary>The few shapes of OpenAI's chat completions that the stub sends.</summary>
internal static class CompletionChunks
{
    private const string Id = "chatcmpl-stub";
    private const string Model = "stub";
    private const long Created = 1_700_000_000;

    /// <summary>One token of a stream, as a server-sent event.</summary>
    public static byte[] Token(string text) => Event(new
    {
        id = Id,
        @object = "chat.completion.chunk",
        created = Created,
        model = Model,
        choices = new[] { new { index = 0, delta = new { role = "assistant", content = text }, finish_reason = (string?)null } },
    });

    /// <summary>The end of a stream: its reason, the usage, and the end mark.</summary>
    public static byte[] End(int tokens) =>
    [
        .. Event(new
        {
            id = Id,
            @object = "chat.completion.chunk",
            created = Created,
            model = Model,
            choices = new[] { new { index = 0, delta = new { }, finish_reason = "stop" } },
        }),
        .. Event(new
        {
            id = Id,
            @object = "chat.completion.chunk",
            created = Created,
            model = Model,
            choices = Array.Empty<object>(),
            usage = Usage(tokens),
        }),
        .. "data: [DONE]\n\n"u8,
    ];

    /// <summary>A response in one piece.</summary>
    public static object Whole(string text) => new
    {
        id = Id,
        @object = "chat.completion",
        created = Created,
        model = Model,
        choices = new[] { new { index = 0, message = new { role = "assistant", content = text }, finish_reason = "stop" } },
        usage = Usage(1),
    };

    private static object Usage(int tokens) => new { prompt_tokens = 1, completion_tokens = tokens, total_tokens = tokens + 1 };

    private static byte[] Event(object data) => [.. "data: "u8, .. JsonSerializer.SerializeToUtf8Bytes(data), .. "\n\n"u8];
}
