using System.ComponentModel;
using System.Text.RegularExpressions;
using BlazorChat.Turns.Tools;

namespace BlazorChat.Assistants.Tools;

/// <summary><c>get_current_time</c>: the date and time at the asker's place, or elsewhere.</summary>
internal static partial class CurrentTimeTool
{
    public static ChatTool Create(TimeProvider time)
    {
        return new ChatTool(ChatFunctions.Create(Now, "get_current_time", "Gets the current date and time, in the time zone of the person who asked unless another one is named."))
        {
            Title = "Look at the clock",
            Verb = new ToolVerb("Looking at the clock", "Looked at the clock"),
            Source = BuiltInTools.Source,
        };

        string Now(ToolCallContext call, [Description("An IANA time zone such as Europe/Vienna. Leave it out for that of the person who asked.")] string? zone = null)
        {
            TimeZoneInfo? found;
            var note = "";
            if (!string.IsNullOrWhiteSpace(zone))
            {
                found = Find(zone.Trim())
                    ?? throw new ToolFailedException("There is no such time zone. Use an IANA name such as Europe/Vienna or America/New_York, or UTC.");
            }
            else
            {
                found = Find(call.Request.TimeZone);
                note = found is null ? " (the time zone of the person who asked is unknown)" : "";
            }

            found ??= TimeZoneInfo.Utc;
            var now = TimeZoneInfo.ConvertTime(time.GetUtcNow(), found);
            return $"{now:yyyy-MM-ddTHH:mm:sszzz}, {now:dddd, d MMMM yyyy, HH:mm} in {found.Id}{note}";
        }
    }

    /// <summary>Finds a zone by name. Names come from models and browsers, and on some systems they are file names.</summary>
    private static TimeZoneInfo? Find(string? name) =>
        name is not null && ZoneName().IsMatch(name) && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : null;

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9_+\-]{0,31}(/[A-Za-z0-9_+\-]{1,31}){0,2}$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ZoneName();
}
