namespace BlazorChat.Rooms;

/// <summary>How many messages a room keeps.</summary>
internal static class Retention
{
    // A bound that was lowered is reached over many posts, none of which removes thousands.
    private const int MaxAtOnce = 100;

    /// <summary>How many of the oldest messages are to go now.</summary>
    /// <param name="messages">How many there are.</param>
    /// <param name="max">How many are kept.</param>
    public static int Excess(int messages, int max) => Math.Clamp(messages - max, 0, MaxAtOnce);
}
