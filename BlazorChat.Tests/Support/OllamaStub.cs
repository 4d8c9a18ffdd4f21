using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace BlazorChat.Tests.Support;

/// <summary>What an Ollama server says of its models beside answers: <c>/api/show</c> and <c>/api/tags</c>.</summary>
public sealed class OllamaStub
{
    private readonly ConcurrentQueue<StubExchange> _shown = new();

    /// <summary>The models that there are, by their whole names.</summary>
    public ConcurrentDictionary<string, OllamaStubModel> Models { get; } = new(StringComparer.Ordinal) { ["test-model:latest"] = new() };

    /// <summary>Whether it knows these paths; some servers that took the protocol over do not.</summary>
    public bool KnowsModels { get; set; } = true;

    /// <summary>Every request about one model.</summary>
    public IReadOnlyList<StubExchange> Shown => [.. _shown];

    /// <summary>Answers when it is asked about models.</summary>
    /// <returns>False when it is not.</returns>
    public async Task<bool> TryAnswerAsync(StubExchange exchange)
    {
        if (exchange.Path is not ("/api/show" or "/api/tags"))
        {
            return false;
        }

        if (exchange.Path == "/api/show")
        {
            _shown.Enqueue(exchange);
        }

        if (!KnowsModels)
        {
            await AnswerAsync(StatusCodes.Status404NotFound, "404 page not found", "text/plain");
        }
        else if (exchange.Path == "/api/tags")
        {
            await AnswerAsync(StatusCodes.Status200OK, JsonSerializer.Serialize(new { models = Models.Keys.Order(StringComparer.Ordinal).Select(name => new { name, model = name, modified_at = "2026-11-01T10:00:00.123456789+01:00", size = 2_019_393_189L, digest = "a80c4f17acd5", details = new { format = "gguf", family = "llama" } }) }));
        }
        else
        {
            var name = exchange.Json.GetProperty("model").GetString()!;
            if (!Models.TryGetValue(name.Contains(':', StringComparison.Ordinal) ? name : $"{name}:latest", out var model))
            {
                await AnswerAsync(StatusCodes.Status404NotFound, JsonSerializer.Serialize(new { error = $"model '{name}' not found" }));
                return true;
            }

            var facts = new Dictionary<string, object?> { ["general.architecture"] = "llama", ["llama.context_length"] = model.ContextLength, ["tokenizer.ggml.tokens"] = null };
            await AnswerAsync(StatusCodes.Status200OK, JsonSerializer.Serialize(new { template = "{{ .Prompt }}", details = new { format = "gguf", family = "llama" }, model_info = facts, capabilities = model.Capabilities, modified_at = "2026-11-01T10:00:00.123456789+01:00" }));
        }

        return true;

        async Task AnswerAsync(int status, string body, string contentType = "application/json; charset=utf-8")
        {
            await exchange.StartAsync(status, contentType);
            await exchange.WriteAsync(body);
        }
    }
}

/// <summary>A model of an <see cref="OllamaStub"/>.</summary>
public sealed record OllamaStubModel
{
    /// <summary>What it can do.</summary>
    public IReadOnlyList<string> Capabilities { get; init; } = ["completion", "tools", "thinking"];

    /// <summary>The most tokens of its context.</summary>
    public int ContextLength { get; init; } = 131_072;
}
