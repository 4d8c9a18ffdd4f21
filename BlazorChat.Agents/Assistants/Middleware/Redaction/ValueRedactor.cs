using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants.Middleware.Redaction;

/// <summary>Redacts tool arguments and results: every text in them, at any depth, and numbers that match a pattern (they become text).</summary>
/// <param name="program">The patterns.</param>
internal sealed class ValueRedactor(PatternProgram program)
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Returns the same object if there is nothing to redact.</summary>
    public object? Redact(object? value)
    {
        switch (value)
        {
            case null or bool:
                return value;
            case string text:
                var redacted = TextRedactor.Redact(program, text);
                return redacted == text ? value : redacted;
            case JsonElement element:
                return Redact(element) is { } changed ? changed : value;
            default:
                return Other(value);
        }
    }

    private object? Other(object value)
    {
        try
        {
            return Redact(JsonSerializer.SerializeToElement(value, AIJsonUtilities.DefaultOptions)) is { } changed ? changed : value;
        }
        catch (Exception exception) when (exception is NotSupportedException or JsonException or InvalidOperationException)
        {
            // Not serializable: its string form is all that a provider's client could send.
            return TextRedactor.Redact(program, value.ToString() ?? "");
        }
    }

    private JsonElement? Redact(JsonElement element)
    {
        var changes = 0;
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Readable))
        {
            Write(writer, element, ref changes);
        }

        if (changes == 0)
        {
            return null;
        }

        using var document = JsonDocument.Parse(buffer.GetBuffer().AsMemory(0, (int)buffer.Length));
        return document.RootElement.Clone();
    }

    private void Write(Utf8JsonWriter writer, JsonElement element, ref int changes)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var property in element.EnumerateObject())
                {
                    writer.WritePropertyName(Text(property.Name, ref changes));
                    Write(writer, property.Value, ref changes);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in element.EnumerateArray())
                {
                    Write(writer, item, ref changes);
                }

                writer.WriteEndArray();
                break;
            case JsonValueKind.String:
                writer.WriteStringValue(Text(element.GetString()!, ref changes));
                break;
            case JsonValueKind.Number:
                var number = element.GetRawText();
                var redacted = Text(number, ref changes);
                if (redacted == number)
                {
                    writer.WriteRawValue(number);
                }
                else
                {
                    writer.WriteStringValue(redacted);
                }

                break;
            default:
                element.WriteTo(writer);
                break;
        }
    }

    private string Text(string text, ref int changes)
    {
        var redacted = TextRedactor.Redact(program, text);
        changes += redacted == text ? 0 : 1;
        return redacted;
    }
}
