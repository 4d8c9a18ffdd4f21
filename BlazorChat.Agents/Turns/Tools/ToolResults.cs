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

/// <summary>What tools return, as text for a model.</summary>
internal static class ToolResults
{
    /// <summary>What the model gets when there is nothing.</summary>
    public const string Nothing = "The tool has finished and gave no result.";

    // Neither indented nor escaped for HTML: a model would be billed for both, and it never goes into a page as it is.
    internal static readonly JsonSerializerOptions Compact = new(AIJsonUtilities.DefaultOptions)
    {
        WriteIndented = false,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly MethodInfo BoxMethod = typeof(ToolResults).GetMethod(nameof(BoxAsync), BindingFlags.NonPublic | BindingFlags.Static)!;

    /// <summary>One result as text that can be stored.</summary>
    /// <exception cref="ToolFailedException">It is longer than <see cref="RoomLimits.WholeResultLength"/>, or cannot be written.</exception>
    public static string ToText(object? result)
    {
        var text = StorableText.From(Write(result));
        return text.Length <= RoomLimits.WholeResultLength
            ? text
            : throw new ToolFailedException($"Its result has {text.Length:N0} characters; at most {RoomLimits.WholeResultLength:N0} are allowed. Ask for less.");
    }

    /// <summary>A stream of results, or null when the result is none.</summary>
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

        // Of a value type: variance does not help.
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
        // Of a prompt function, and of what plugins make of an API's answers.
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
            // Half a surrogate pair, written as an escape: shown as written.
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
