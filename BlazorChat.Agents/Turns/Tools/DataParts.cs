using System.Text.Json;
using System.Text.RegularExpressions;
using BlazorChat.Messages;
using BlazorChat.Rooms;

namespace BlazorChat.Turns.Tools;

/// <summary>The limits of data parts.</summary>
internal static partial class DataParts
{
    private const int IdLength = 64;

    /// <exception cref="ArgumentException">Type, id or JSON is outside its limits.</exception>
    public static void Check(DataPart data)
    {
        if (!TypeName().IsMatch(data.Type))
        {
            throw new ArgumentException("The type of a data part must have 1 to 64 lower-case letters, digits and hyphens.", nameof(data));
        }

        if (data.Id is { Length: 0 or > IdLength })
        {
            throw new ArgumentException($"The id of a data part must have 1 to {IdLength} characters.", nameof(data));
        }

        if (data.Json.Length > RoomLimits.DataLength)
        {
            throw new ArgumentException($"A data part may have at most {RoomLimits.DataLength} characters of JSON.", nameof(data));
        }

        try
        {
            using var _ = JsonDocument.Parse(data.Json);
        }
        catch (JsonException e)
        {
            throw new ArgumentException("A data part must be one JSON value.", nameof(data), e);
        }
    }

    [GeneratedRegex("^[a-z0-9-]{1,64}$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TypeName();
}
