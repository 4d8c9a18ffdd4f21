namespace BlazorChat.Rooms;

/// <summary>One part of a message. A closed set; stored as versioned JSON (see Storage/MessagePartsJson).</summary>
public abstract record MessagePart
{
    private protected MessagePart()
    {
    }
}

/// <summary>Markdown text.</summary>
/// <param name="Text">The text exactly as written or generated.</param>
public sealed record TextPart(string Text) : MessagePart;

/// <summary>A stored part that this version cannot read: shown as such, kept as it is, never sent to a model.</summary>
/// <param name="Json">The stored JSON.</param>
public sealed record UnknownPart(string Json) : MessagePart;
