using BlazorChat.Messages;

namespace BlazorChat.Access;

/// <summary>What somebody is on this server. In rooms, they have a <see cref="RoomRole"/> besides. Stored as numbers: never renumber.</summary>
public enum Standing
{
    /// <summary>Nobody: not signed in, unknown, or switched off.</summary>
    None = 0,

    /// <summary>Has a name and no account.</summary>
    Guest = 1,

    /// <summary>Has an account.</summary>
    Registered = 2,

    /// <summary>Has an account and manages the server.</summary>
    Administrator = 3,
}

/// <summary>The people of this server, in memory: permissions ask for them on every command and every frame.</summary>
internal interface IPeople
{
    /// <summary>
    /// Something about a person changed: their standing, their name, or whether a session of theirs is valid; with an empty id, something
    /// about everybody. Raised after it was stored; handlers must be quick.
    /// </summary>
    event EventHandler<RightsChangedEventArgs>? Changed;

    /// <summary>What a person is now. <see cref="Standing.None"/> if their session has ended.</summary>
    Standing StandingOf(Person person);

    /// <summary>A person's name now; null if nobody has this id.</summary>
    string? NameOf(Guid personId);

    /// <summary>
    /// Whether somebody who was here cannot act any more: they left, their account is deleted or disabled, or they are a guest and guests are not let
    /// in. A right that only they have is nobody's.
    /// </summary>
    bool IsGone(Guid personId);

    /// <summary>The person with exactly this name; null if nobody who can be invited has it, for whatever reason.</summary>
    Guid? FindByName(string name);
}

/// <summary>Questions about people that several places ask.</summary>
internal static class PeopleExtensions
{
    /// <summary>
    /// Whether an author is somebody with an account now. A guest is whoever joins with a name, as often as they like, so two guests need not be two people.
    /// </summary>
    public static bool HasAccount(this IPeople people, Author author) =>
        author.Kind == AuthorKind.Person && Guid.TryParse(author.Id, out var id) && people.StandingOf(new Person(id, author.Name)) >= Standing.Registered;
}
