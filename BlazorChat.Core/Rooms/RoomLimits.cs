namespace BlazorChat.Rooms;

/// <summary>Limits that hold in every room. Exceeding one gives an error with a message, never a silent cut.</summary>
public static class RoomLimits
{
    /// <summary>
    /// How long a command and its write may take, with everything that they wait for. Shorter than a page waits for the response, so that
    /// nothing that its author was told to have failed is stored later.
    /// </summary>
    internal static readonly TimeSpan WriteTime = TimeSpan.FromSeconds(15);

    /// <summary>
    /// How long the id of a posted message stays known after the message was removed, counted from the post. Longer than a browser sends a
    /// message again by itself (see <c>unsent.js</c>), so that a lost acknowledgment brings nothing back.
    /// </summary>
    internal static readonly TimeSpan RemovedIdsTime = TimeSpan.FromDays(14);

    /// <summary>The ids of removed messages stay known among this many of a room's newest sequences.</summary>
    internal const int RemovedIds = 10_000;

    /// <summary>Longest room name, in UTF-16 characters after trimming.</summary>
    public const int RoomNameLength = 80;

    /// <summary>Longest name of a person, in UTF-16 characters after trimming.</summary>
    public const int PersonNameLength = 40;

    /// <summary>Longest message of a person, in UTF-16 characters.</summary>
    public const int MessageLength = 32_000;

    /// <summary>Longest room instructions, in UTF-16 characters.</summary>
    public const int InstructionsLength = 8_000;

    /// <summary>Number of messages in the first HTML and in memory of an open room; older ones are read page by page.</summary>
    public const int WindowSize = 50;

    /// <summary>Most rooms of one installation: the whole list is kept in memory and shown to everyone.</summary>
    public const int Rooms = 1_000;

    /// <summary>Most members of one room. A room that is open to everyone needs none.</summary>
    public const int Members = 1_000;

    /// <summary>Most open invite links of one room.</summary>
    public const int Invites = 50;

    /// <summary>Longest time for which an invite link works.</summary>
    internal static readonly TimeSpan InviteTime = TimeSpan.FromDays(30);

    /// <summary>Most people whom one invite link lets in.</summary>
    internal const int InviteUses = 100;

    /// <summary>
    /// Longest tool result that is kept in its message and sent to a model, in UTF-16 characters; the complete result is stored beside it.
    /// </summary>
    public const int ToolResultLength = 16_000;

    /// <summary>Longest tool result that is stored at all, in UTF-16 characters; a longer one is an error.</summary>
    public const int WholeResultLength = 8_000_000;

    /// <summary>Most characters that are kept of the steps of delegated work.</summary>
    public const int WorkLength = 16_000;

    /// <summary>Longest JSON of a data part, in UTF-16 characters.</summary>
    public const int DataLength = 64_000;

    /// <summary>Most parts of one message; a response ends when it exceeds them.</summary>
    public const int Parts = 500;

    /// <summary>Most transient data parts shown for one response at a time; new ones replace the oldest.</summary>
    public const int ShownData = 50;

    /// <summary>Longest reason for a decision about a tool call, in UTF-16 characters.</summary>
    public const int ReasonLength = 500;

    /// <summary>Most tool calls of one person's responses in one room that wait for people or their browsers at the same time.</summary>
    public const int WaitingRequests = 5;

    /// <summary>Most entries that a page adds to a request.</summary>
    public const int RequestDataEntries = 16;

    /// <summary>Longest key or value of an entry that a page adds to a request, in UTF-16 characters.</summary>
    public const int RequestDataLength = 1_000;

    /// <summary>Most waiting turns in one room; beyond it, messages are posted but ask for no response.</summary>
    public const int QueueLength = 50;

    /// <summary>Most waiting turns of one person in one room, so that others can always ask.</summary>
    public const int QueueShare = 20;

    /// <summary>Prompts are kept for the responses among this many of a room's newest sequences.</summary>
    public const int RecordedMessages = 500;

    /// <summary>Most versions of one message.</summary>
    public const int Versions = 50;

    /// <summary>Longest text to search for, in UTF-16 characters.</summary>
    public const int QueryLength = 200;

    /// <summary>Number of a room's newest messages that a search covers.</summary>
    public const int SearchedMessages = 10_000;
}
