namespace BlazorChat.Rooms;

/// <summary>Bounds that hold in every room. Past each comes an error with a sentence, never a silent cut.</summary>
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

    /// <summary>Most of a tool's result that is kept in its message and sent to a model, in UTF-16 characters; the whole is kept beside it.</summary>
    public const int ToolResultLength = 16_000;

    /// <summary>Longest result of a tool that is kept at all, in UTF-16 characters; a longer one is an error.</summary>
    public const int WholeResultLength = 8_000_000;

    /// <summary>Longest JSON of a data part, in UTF-16 characters.</summary>
    public const int DataLength = 64_000;

    /// <summary>Most parts of one message; a response that has more ends.</summary>
    public const int Parts = 500;

    /// <summary>Most transient data that are shown of one response at a time; then the oldest make room for the newest.</summary>
    public const int ShownData = 50;

    /// <summary>Longest reason for a decision about a tool call, in UTF-16 characters.</summary>
    public const int ReasonLength = 500;

    /// <summary>Most entries that a page adds to a request.</summary>
    public const int RequestDataEntries = 16;

    /// <summary>Longest key or value of an entry that a page adds to a request, in UTF-16 characters.</summary>
    public const int RequestDataLength = 1_000;

    /// <summary>Most turns that wait in one room; past it a message that asks for a response is refused.</summary>
    public const int QueueLength = 50;

    /// <summary>What models were sent is kept for the responses among this many of a room's newest sequences.</summary>
    public const int RecordedMessages = 500;

    /// <summary>Most versions of one message.</summary>
    public const int Versions = 50;

    /// <summary>Longest text to search for, in UTF-16 characters.</summary>
    public const int QueryLength = 200;

    /// <summary>How many of a room's newest messages a search looks at.</summary>
    public const int SearchedMessages = 10_000;
}
