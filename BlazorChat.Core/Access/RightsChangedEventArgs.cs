namespace BlazorChat.Access;

/// <summary>Says whose rights may have changed.</summary>
/// <param name="id">The person or the room.</param>
internal sealed class RightsChangedEventArgs(Guid id) : EventArgs
{
    /// <summary>The person or the room.</summary>
    public Guid Id { get; } = id;

    /// <summary>Why sessions of the person ended, if some did.</summary>
    public SessionEnd Why { get; init; }
}
