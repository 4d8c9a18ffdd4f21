namespace BlazorChat.Messages;

/// <summary>What kind of author wrote a message.</summary>
public enum AuthorKind
{
    /// <summary>Somebody who joined with a name.</summary>
    Person,

    /// <summary>A configured assistant.</summary>
    Assistant,

    /// <summary>Code on the server: a schedule, an event, a webhook.</summary>
    Service,
}

/// <summary>Who wrote a message, with the name as it was then.</summary>
/// <param name="Kind">Person, assistant or service.</param>
/// <param name="Id">The person's id (a GUID in "N" form), or the id of the assistant or the service. Names are never compared.</param>
/// <param name="Name">The name when the message was written, 1 to 40 characters.</param>
public sealed record Author(AuthorKind Kind, string Id, string Name)
{
    /// <summary>Whether another is the same, whatever the name was.</summary>
    public bool IsSameAs(Author? other) => other is not null && Kind == other.Kind && Id == other.Id;
}

/// <summary>Somebody who uses rooms: the same person in every tab and on every connection.</summary>
/// <param name="Id">Stable id, kept in a signed cookie.</param>
/// <param name="Name">Chosen name, 1 to 40 characters.</param>
public sealed record Person(Guid Id, string Name)
{
    /// <summary>This person as the author of a message.</summary>
    public Author AsAuthor() => new(AuthorKind.Person, Id.ToString("N"), Name);
}
