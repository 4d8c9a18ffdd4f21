using System.Globalization;
using BlazorChat.Access;
using BlazorChat.Languages;
using BlazorChat.Rooms;

namespace BlazorChat.Components.Rooms;

/// <summary>A setting of a room as people edit it: each has a field of its own and is saved by itself, as text.</summary>
/// <param name="Name">Its name, which the browser keeps unsaved text under.</param>
/// <param name="Title">What the panel calls it.</param>
internal sealed record RoomSetting(string Name, Func<Words, string> Title)
{
    private const string ToolPrefix = "tool:";

    /// <summary>The instructions for every assistant.</summary>
    public static readonly RoomSetting Instructions = new("instructions", words => words["Setting_Instructions"])
    {
        Read = s => s.Instructions,
        Write = text => new RoomSettingsChange { Instructions = text },
        Normalize = text => text,
    };

    /// <summary>When assistants answer.</summary>
    public static readonly RoomSetting AnswerMode = OfChoice(
        "mode", words => words["Setting_Mode"], s => s.AnswerMode, value => new RoomSettingsChange { AnswerMode = value }, (words, value) => value switch
        {
            BlazorChat.Rooms.AnswerMode.WhenMentioned => words["Setting_ModeMentioned"],
            _ => words["Setting_ModeEvery"],
        });

    /// <summary>What happens to a question while an answer is in progress.</summary>
    public static readonly RoomSetting Overlap = OfChoice(
        "overlap", words => words["Setting_Overlap"], s => s.Overlap, value => new RoomSettingsChange { Overlap = value }, (words, value) => value switch
        {
            OverlapPolicy.Latest => words["Overlap_Latest"],
            OverlapPolicy.Merge => words["Overlap_Merge"],
            OverlapPolicy.Drop => words["Overlap_Drop"],
            OverlapPolicy.Debounce => words["Overlap_Debounce"],
            _ => words["Overlap_Queue"],
        });

    /// <summary>How long an asker must pause, in seconds.</summary>
    public static readonly RoomSetting QuietTime = new("quiet", words => words["Setting_Quiet"])
    {
        Read = s => s.QuietTime.TotalSeconds.ToString(CultureInfo.InvariantCulture),
        Write = text => SecondsOf(text) is { } seconds ? new RoomSettingsChange { QuietTime = TimeSpan.FromSeconds(seconds) } : null,
        Normalize = text => SecondsOf(text)?.ToString(CultureInfo.InvariantCulture) ?? text,
        Invalid = new(RoomErrorKind.Invalid, "Enter a number of seconds, for example 1.5."),
    };

    /// <summary>The color of the room's accent.</summary>
    public static readonly RoomSetting Accent = new("accent", words => words["Setting_Color"])
    {
        Read = s => s.Accent,
        Write = text => text.Trim().Length == 0 ? new RoomSettingsChange { Accent = "" } : AccentColor.Find(text) is { } color ? new RoomSettingsChange { Accent = color.Chosen } : null,
        Normalize = text => AccentColor.Find(text)?.Chosen ?? text.Trim(),
        Invalid = new(RoomErrorKind.Invalid, "Enter a color such as #0f766e: three or six of 0 to 9 and a to f."),
    };

    /// <summary>Who may ask assistants.</summary>
    public static readonly RoomSetting Ask = OfRight("ask", words => words["Setting_Ask"], r => r.Ask, value => new RoomSettingsChange { Ask = value });

    /// <summary>Who may stop answers.</summary>
    public static readonly RoomSetting Stop = OfRight("stop", words => words["Setting_Stop"], r => r.Stop, value => new RoomSettingsChange { Stop = value });

    /// <summary>Who may have answers written again.</summary>
    public static readonly RoomSetting Regenerate = OfRight("regenerate", words => words["Setting_Regenerate"], r => r.Regenerate, value => new RoomSettingsChange { Regenerate = value });

    /// <summary>Who may approve what tools do.</summary>
    public static readonly RoomSetting Approve = OfRight("approve", words => words["Setting_Approve"], r => r.Approve, value => new RoomSettingsChange { Approve = value });

    /// <summary>The settings that the panel shows, except for the tools.</summary>
    public static readonly IReadOnlyList<RoomSetting> All = [Instructions, AnswerMode, Overlap, QuietTime, Accent, Ask, Stop, Regenerate, Approve];

    /// <summary>Its value in a room, as text.</summary>
    public required Func<RoomSettings, string> Read { get; init; }

    /// <summary>The change that gives it a value; null if the text is none.</summary>
    public required Func<string, RoomSettingsChange?> Write { get; init; }

    /// <summary>The one way to write a value, so that 1.50 and 1.5 are the same; a text that is no value stays as it is.</summary>
    public required Func<string, string> Normalize { get; init; }

    /// <summary>A value in words.</summary>
    public Func<Words, string, string> Show { get; init; } = (_, text) => text;

    /// <summary>What to say about a text that is no value.</summary>
    public RoomError Invalid { get; init; } = new(RoomErrorKind.Invalid, "This setting does not have that value.");

    /// <summary>Whether assistants may call a tool: on or off.</summary>
    public static RoomSetting OfTool(string tool) => new(ToolPrefix + tool, _ => tool)
    {
        Read = s => s.DisabledTools.Contains(tool, StringComparer.Ordinal) ? "off" : "on",
        Write = text => text switch
        {
            "on" => new RoomSettingsChange { EnabledTools = [tool] },
            "off" => new RoomSettingsChange { DisabledTools = [tool] },
            _ => null,
        },
        Normalize = text => text,
    };

    /// <summary>The setting of this name, or null.</summary>
    public static RoomSetting? Find(string name) =>
        name.StartsWith(ToolPrefix, StringComparison.Ordinal) ? OfTool(name[ToolPrefix.Length..]) : All.FirstOrDefault(s => s.Name == name);

    /// <summary>A short sign of a value, to tell one from another. kept-field.js makes the same one of what is typed.</summary>
    public static string StampOf(string value)
    {
        // Two 32-bit FNV-1a hashes of the UTF-16 code units, which a script can compute at once and without https.
        var (a, b) = (0x811c9dc5u, 0x1b873593u);
        foreach (var unit in value)
        {
            a = unchecked((a ^ unit) * 0x01000193u);
            b = unchecked((b ^ unit) * 0x85ebca6bu);
        }

        return string.Create(CultureInfo.InvariantCulture, $"{a:x8}{b:x8}");
    }

    /// <summary>The change that saves a text, if the setting still has the value that the person saw.</summary>
    public RoomSettingsChange? Save(string text, string seen, RoomSettings now) =>
        Write(text) is { } change ? change with { Seen = Write(seen)?.Apply(now) ?? now } : null;

    private static RoomSetting OfRight(string name, Func<Words, string> title, Func<TurnRights, TurnPeople> read, Func<TurnPeople, RoomSettingsChange> write) =>
        OfChoice(name, title, s => read(s.Rights), write, AccessWords.Of);

    private static RoomSetting OfChoice<T>(string name, Func<Words, string> title, Func<RoomSettings, T> read, Func<T, RoomSettingsChange> write, Func<Words, T, string> show)
        where T : struct, Enum => new(name, title)
        {
            Read = s => read(s).ToString(),
            Write = text => Enum.TryParse<T>(text, out var value) && Enum.IsDefined(value) ? write(value) : null,
            Normalize = text => text,
            Show = (words, text) => Enum.TryParse<T>(text, out var value) ? show(words, value) : text,
        };

    // What is too long for a time span is too long for the setting as well: the command says its bounds.
    private static double? SecondsOf(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && double.IsFinite(seconds)
            ? Math.Clamp(Math.Round(seconds, 3), -3_600, 3_600)
            : null;
}
