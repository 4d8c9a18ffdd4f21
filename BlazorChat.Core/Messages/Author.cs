using System.Text.Json.Serialization;

namespace BlazorChat.Messages;

/// <summary>The kinds of authors.</summary>
public enum AuthorKind
{
    /// <summary>A person who joined with a name.</summary>
    Person,

    /// <summary>A configured assistant.</summary>
    Assistant,

    /// <summary>Code on the server: a schedule, an event, a webhook.</summary>
    Service,
}

/// <summary>The author of a message, with the name at that time.</summary>
/// <param name="Kind">Person, assistant or service.</param>
/// <param name="Id">The person's id (a GUID in "N" form), or the id of the assistant or the service. Names are never compared.</param>
/// <param name="Name">The name when the message was written, 1 to 40 characters.</param>
public sealed record Author(AuthorKind Kind, string Id, string Name)
{
    /// <summary>Whether another author is the same, regardless of the name.</summary>
    public bool IsSameAs(Author? other) => other is not null && Kind == other.Kind && Id == other.Id;

    /// <summary>Whether it is the server, which tells under the name of an administrator what they did: code has ids that are no person's.</summary>
    internal bool IsOfNotice => Kind == AuthorKind.Service && Guid.TryParseExact(Id, "N", out _);
}

/// <summary>A person who uses rooms: the same in every tab and on every connection.</summary>
/// <param name="Id">A stable id, kept in a signed cookie.</param>
/// <param name="Name">The chosen name, 1 to 40 characters.</param>
public sealed record Person(Guid Id, string Name)
{
    /// <summary>
    /// The session that they act through; null for code on the server, which acts for a person without one. Not part of who they are: two
    /// browsers of one person are the same person.
    /// </summary>
    [JsonInclude]
    internal Guid? Session { get; init; }

    /// <summary>Whether it is the same person with the same name, wherever they are signed in.</summary>
    public bool Equals(Person? other) => other is not null && Id == other.Id && Name == other.Name;

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Id, Name);

    /// <summary>This person as the author of a message.</summary>
    public Author AsAuthor() => new(AuthorKind.Person, Id.ToString("N"), Name);
}
