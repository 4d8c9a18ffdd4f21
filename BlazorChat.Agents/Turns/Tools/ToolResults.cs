using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using BlazorChat.Rooms;
using BlazorChat.Text;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using TextContent = Microsoft.Extensions.AI.TextContent;

namespace BlazorChat.Turns.Tools;

/// <summary>Converts what tools return to text for a model.</summary>
internal static class ToolResults
{
    /// <summary>The text for an empty result.</summary>
    public const string Nothing = "The tool finished without a result.";

    // Neither indented nor escaped for HTML: both would cost tokens, and the text never goes into a page unescaped.
    internal static readonly JsonSerializerOptions Compact = new(AIJsonUtilities.DefaultOptions)
    {
        WriteIndented = false,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly MethodInfo BoxMethod = typeof(ToolResults).GetMethod(nameof(BoxAsync), BindingFlags.NonPublic | BindingFlags.Static)!;

    /// <summary>A result as text that can be stored.</summary>
    /// <exception cref="ToolFailedException">The text is longer than <see cref="RoomLimits.WholeResultLength"/>, or the result cannot be serialized.</exception>
    public static string ToText(object? result)
    {
        var text = StorableText.From(Write(result));
        return text.Length <= RoomLimits.WholeResultLength
            ? text
            : throw new ToolFailedException($"Its result has {text.Length:N0} characters; at most {RoomLimits.WholeResultLength:N0} are allowed. Ask for less.");
    }

    /// <summary>The stream of results, or null if the result is not a stream.</summary>
    public static IAsyncEnumerable<object?>? AsStream(object? result)
    {
        if (result is null or string || !ChatFunctions.IsStream(result.GetType()))
        {
            return null;
        }

        if (result is IAsyncEnumerable<object?> stream)
        {
            return stream;
        }

        // A stream of a value type: variance does not apply.
        var item = Array.Find(result.GetType().GetInterfaces(), i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IAsyncEnumerable<>))!.GetGenericArguments()[0];
        return (IAsyncEnumerable<object?>)BoxMethod.MakeGenericMethod(item).Invoke(null, [result, CancellationToken.None])!;
    }

    private static async IAsyncEnumerable<object?> BoxAsync<T>(IAsyncEnumerable<T> stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var item in stream.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            yield return item;
        }
    }

    private static string Write(object? result) => result switch
    {
        null => Nothing,
        string text => text,
        JsonElement { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined } => Nothing,
        JsonElement { ValueKind: JsonValueKind.String } text => ReadString(text),
        AIContent content => Write(content),
        // From a prompt function, and from plugins that convert an API's responses.
        ChatResponse { Text: { Length: > 0 } text } => text,
        ChatMessageContent { Content: { Length: > 0 } text } => text,
        RestApiOperationResponse response => response.Content is { } content ? Write(content) : Nothing,
        IEnumerable<AIContent> contents => string.Join('\n', contents.Select(Write)) is { Length: > 0 } text ? text : Nothing,
        _ => WriteJson(result),
    };

    private static string Write(AIContent content) => content switch
    {
        TextContent text => text.Text,
        ErrorContent error => error.Message,
        UriContent link => link.Uri.ToString(),
        DataContent data => $"({data.MediaType}, {data.Data.Length:N0} bytes, which is not text)",
        _ => WriteJson(content),
    };

    private static string ReadString(JsonElement text)
    {
        try
        {
            return text.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // An escape that is half of a surrogate pair: shown as written.
            return text.GetRawText();
        }
    }

    private static string WriteJson(object result)
    {
        try
        {
            return JsonSerializer.Serialize(result, result.GetType(), Compact);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidOperationException)
        {
            throw new ToolFailedException("Its result cannot be written as text.", e);
        }
    }
}
