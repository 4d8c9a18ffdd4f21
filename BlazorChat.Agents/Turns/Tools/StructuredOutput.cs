using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using BlazorChat.Text;
using Microsoft.Extensions.AI;

namespace BlazorChat.Turns.Tools;

/// <summary>A typed response of a model.</summary>
/// <param name="Value">The valid value.</param>
/// <param name="Usage">The tokens of all requests that it took.</param>
public sealed record StructuredResult<T>(T Value, UsageDetails Usage);

/// <summary>Asks models for typed objects.</summary>
public static partial class StructuredOutput
{
    private const int Attempts = 2;

    /// <summary>The most characters of an invalid response that are sent back to the model with the error.</summary>
    private const int ResponseLength = 16_000;

    // Providers accept only objects, so any other value is wrapped in one.
    private const string Wrapper = "value";

    private static readonly JsonSerializerOptions Json = new(AIJsonUtilities.DefaultOptions)
    {
        WriteIndented = false,
        PropertyNameCaseInsensitive = true,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    private static readonly AIJsonSchemaCreateOptions SchemaOptions = new()
    {
        TransformOptions = new AIJsonSchemaTransformOptions { DisallowAdditionalProperties = true },
    };

    /// <summary>
    /// Asks for an object of a type. Its JSON schema is sent with the request. The response is checked against required members,
    /// nullability and the attributes of <c>System.ComponentModel.DataAnnotations</c>, at every depth. An invalid response is requested
    /// once more, with the error.
    /// </summary>
    /// <typeparam name="T">The type. <c>[Description]</c> can explain it and its members.</typeparam>
    /// <param name="client">The model.</param>
    /// <param name="messages">The question.</param>
    /// <param name="options">Further options, or null. They are not changed, and their tools are not offered.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="StructuredOutputException">Both responses were invalid.</exception>
    /// <exception cref="ResponseFailedException">The model failed.</exception>
    public static async Task<StructuredResult<T>> GetAsync<T>(
        IChatClient client, IEnumerable<ChatMessage> messages, ChatOptions? options, CancellationToken cancellationToken)
    {
        var (schema, isWrapped) = SchemaOf(typeof(T));
        var asked = options?.Clone() ?? new ChatOptions();
        asked.Tools = null;
        asked.ToolMode = null;
        asked.ResponseFormat = ChatResponseFormat.ForJsonSchema(schema, NotInName().Replace(typeof(T).Name, "_"));
        // Not every provider respects the format.
        asked.Instructions = $"{asked.Instructions}\n\nAnswer with nothing but one JSON object that fits this JSON schema: {schema.GetRawText()}".TrimStart();

        List<ChatMessage> prompt = [.. messages];
        var usage = new UsageDetails();
        for (var attempt = 1; ; attempt++)
        {
            var response = await client.GetStreamingResponseAsync(ChatMessageCopies.Of(prompt), asked.Clone(), cancellationToken)
                .ToChatResponseAsync(cancellationToken).ConfigureAwait(false);
            if (response.Usage is { } used)
            {
                usage.Add(used);
            }

            var (value, problem) = Read<T>(response.Text, isWrapped);
            if (problem is null)
            {
                return new StructuredResult<T>(value!, usage);
            }

            if (attempt == Attempts)
            {
                throw new StructuredOutputException($"The model was asked {Attempts} times for data in a given format but did not return it. Last error: {problem}");
            }

            prompt.Add(new ChatMessage(ChatRole.Assistant, response.Text.Length == 0 ? "(nothing)" : TextCut.Marked(response.Text, ResponseLength)));
            prompt.Add(new ChatMessage(ChatRole.User, $"This cannot be used: {problem} Answer again with the whole JSON object and nothing else."));
        }
    }

    private static (JsonElement Schema, bool IsWrapped) SchemaOf(Type type)
    {
        var schema = AIJsonUtilities.CreateJsonSchema(type, serializerOptions: Json, inferenceOptions: SchemaOptions);
        if (schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("type", out var kind) && kind.ValueKind == JsonValueKind.String && kind.ValueEquals("object"))
        {
            return (schema, false);
        }

        return (JsonSerializer.SerializeToElement(
            new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject { [Wrapper] = JsonNode.Parse(schema.GetRawText()) },
                ["required"] = new JsonArray(Wrapper),
                ["additionalProperties"] = false,
            },
            Json), true);
    }

    private static (T? Value, string? Problem) Read<T>(string text, bool isWrapped)
    {
        var json = WithoutFence(text);
        if (json.Length == 0)
        {
            return (default, "The answer was empty.");
        }

        try
        {
            var element = JsonElement.Parse(json);
            if (isWrapped)
            {
                if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(Wrapper, out var inner))
                {
                    return (default, $"It is not a JSON object with the member \"{Wrapper}\".");
                }

                element = inner;
            }

            var value = element.Deserialize<T>(Json);
            return value is null ? (default, "It is null.") : (value, ObjectValidation.Check(value));
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidOperationException)
        {
            return (default, e.Message.EndsWith('.') ? e.Message : $"{e.Message}.");
        }
    }

    /// <summary>The content of a code block, if the text is nothing else.</summary>
    private static string WithoutFence(string text)
    {
        const string Fence = "```";
        text = text.Trim();
        if (!text.StartsWith(Fence, StringComparison.Ordinal) || text.IndexOf('\n', StringComparison.Ordinal) is not (> 0 and var line))
        {
            return text;
        }

        var inside = text[(line + 1)..];
        return (inside.EndsWith(Fence, StringComparison.Ordinal) ? inside[..^Fence.Length] : inside).Trim();
    }

    [GeneratedRegex("[^A-Za-z0-9_-]", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex NotInName();
}
