namespace BlazorChat.Rooms;

/// <summary>The valid values of a room's settings.</summary>
internal static class RoomSettingsRules
{
    private const int MostDisabledTools = 1_000;

    private const int ToolNameLength = 64;

    private static readonly TimeSpan ShortestQuiet = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan LongestQuiet = TimeSpan.FromSeconds(60);

    public static RoomError? Check(RoomSettings settings) =>
        settings.Instructions.Length > RoomLimits.InstructionsLength
            ? Invalid($"Instructions can have at most {RoomLimits.InstructionsLength} characters; these have {settings.Instructions.Length}.")
        : !Enum.IsDefined(settings.AnswerMode) || !Enum.IsDefined(settings.Overlap) || !settings.Rights.IsValid ? Invalid("This setting does not have that value.")
        : settings.QuietTime < ShortestQuiet || settings.QuietTime > LongestQuiet ? Invalid("The quiet time must be 0.1 to 60 seconds.")
        : settings.Accent.Length > 0 && AccentColor.Find(settings.Accent)?.Chosen != settings.Accent ? Invalid("This is not a color.")
        : settings.DisabledTools.Length > MostDisabledTools || settings.DisabledTools.Any(t => t.Length is 0 or > ToolNameLength || t.Contains('\n', StringComparison.Ordinal))
            ? Invalid("These tool names are not valid.")
        : null;

    private static RoomError Invalid(ErrorSentence sentence) => new(RoomErrorKind.Invalid, sentence);
}
