namespace BlazorChat.Rooms;

/// <summary>Bounds that hold in every room. Past each comes a refusal with a sentence, never a silent cut.</summary>
public static class RoomLimits
{
    /// <summary>Longest room name, in UTF-16 characters after trimming.</summary>
    public const int RoomNameLength = 80;

    /// <summary>Longest name of a person, in UTF-16 characters after trimming.</summary>
    public const int PersonNameLength = 40;

    /// <summary>Longest message of a person, in UTF-16 characters.</summary>
    public const int MessageLength = 32_000;

    /// <summary>Longest room instructions, in UTF-16 characters.</summary>
    public const int InstructionsLength = 8_000;

    /// <summary>Messages in the first HTML and in memory of an open room; older ones are read by cursor.</summary>
    public const int WindowSize = 50;

    /// <summary>Most rooms of one installation: the list of all of them is kept in memory and shown to everybody.</summary>
    public const int Rooms = 1_000;
}
