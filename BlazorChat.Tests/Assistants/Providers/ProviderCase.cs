using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.Assistants.Providers;

/// <summary>
/// One thing that servers have sent, from a file in <c>Cases</c>: an action in each line, which the stub plays. The first line says what is
/// to become of it. <c>{"text":…}</c>, <c>{"delta":…}</c>, <c>{"finish":…}</c> and <c>{"data":…}</c> are chunks; <c>{"raw":…}</c>,
/// <c>{"b64":…}</c> and <c>{"bytes":…}</c> (one at a time) are sent as they are; <c>{"step":n}</c> begins the response to the next request.
/// </summary>
public sealed class ProviderCase
{
    private readonly List<List<JsonObject>> _steps = [[]];

    private ProviderCase(string path)
    {
        foreach (var line in File.ReadLines(path).Where(line => line.Length > 0).Select(line => JsonNode.Parse(line)!.AsObject()))
        {
            if (line["expect"] is JsonObject expected)
            {
                Expected = expected;
            }
            else if (line.ContainsKey("step"))
            {
                _steps.Add([]);
            }
            else
            {
                _steps[^1].Add(line);
            }
        }
    }

    /// <summary>Every case, by its name.</summary>
    public static TheoryData<string> All
    {
        get
        {
            var data = new TheoryData<string>();
            data.AddRange([.. Directory.GetFiles(Repository.File("BlazorChat.Tests", "Assistants", "Providers", "Cases")).Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal)!]);
            return data;
        }
    }

    /// <summary>What is to become of it: <c>text</c>, <c>thoughts</c>, <c>calls</c> and <c>end</c> of the response.</summary>
    public JsonObject Expected { get; } = [];

    /// <summary>The number of requests that it answers.</summary>
    public int Requests => _steps.Count;

    /// <summary>Whether the first response is a stream with the status of a success, all of which comes.</summary>
    public bool IsWhole => !_steps[0].Any(action => action.ContainsKey("status"));

    public static ProviderCase Named(string name) => new(Repository.File("BlazorChat.Tests", "Assistants", "Providers", "Cases", $"{name}.jsonl"));

    /// <summary>The bytes of the first response.</summary>
    public byte[] Bytes => [.. _steps[0].SelectMany(BytesOf)];

    /// <summary>Makes a stub answer with it.</summary>
    public void Play(ModelStub stub)
    {
        foreach (var step in _steps)
        {
            stub.Enqueue(exchange => PlayAsync(step, exchange));
        }
    }

    private static async Task PlayAsync(List<JsonObject> step, StubExchange exchange)
    {
        if (step.Find(action => action.ContainsKey("status")) is { } error)
        {
            var headers = (error["headers"] as JsonObject ?? []).Select(header => (header.Key, header.Value!.GetValue<string>())).ToArray();
            await exchange.StartAsync((int)error["status"]!, "application/json", headers);
            await exchange.WriteAsync(error["body"] is JsonValue text ? text.GetValue<string>() : error["body"]?.ToJsonString() ?? "");
            return;
        }

        await exchange.StartAsync(200, step.Find(action => action.ContainsKey("type"))?["type"]!.GetValue<string>() ?? "text/event-stream");
        foreach (var action in step)
        {
            var bytes = BytesOf(action);
            foreach (var piece in action.ContainsKey("bytes") ? bytes.Chunk(1) : [bytes])
            {
                await exchange.WriteAsync(piece);
            }
        }
    }

    private static byte[] BytesOf(JsonObject action)
    {
        var (name, value) = action.First();
        return name switch
        {
            "text" => Chunk(new JsonObject { ["content"] = value!.DeepClone() }, null),
            "delta" => Chunk(value!.DeepClone(), null),
            "finish" => Chunk(new JsonObject(), value!.DeepClone()),
            "usage" => Event(new JsonObject { ["choices"] = new JsonArray(), ["usage"] = value!.DeepClone() }),
            "data" => Event(value!),
            "raw" or "bytes" => Encoding.UTF8.GetBytes(value!.GetValue<string>()),
            "b64" => Convert.FromBase64String(value!.GetValue<string>()),
            "done" => "data: [DONE]\n\n"u8.ToArray(),
            _ => [],
        };
    }

    private static byte[] Chunk(JsonNode delta, JsonNode? reason) => Event(new JsonObject
    {
        ["id"] = "c1", ["object"] = "chat.completion.chunk", ["created"] = 1, ["model"] = "stub",
        ["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["delta"] = delta, ["finish_reason"] = reason }),
    });

    private static byte[] Event(JsonNode data) => Encoding.UTF8.GetBytes($"data: {data.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping })}\n\n");
}
