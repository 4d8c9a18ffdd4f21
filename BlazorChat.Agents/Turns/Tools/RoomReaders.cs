using System.Collections.Immutable;
using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Text;

namespace BlazorChat.Turns.Tools;

/// <summary>
/// Who reads what a tool returns. Everybody who can read the room reads the answer, so a tool gives a turn only what all of them may read, not what
/// its asker alone may. Asked of the room as it is at that moment.
/// </summary>
public sealed class RoomReaders
{
    private readonly RoomAccessDirectory? _rooms;
    private readonly IPeople? _people;
    private readonly Guid _roomId;
    private readonly Author? _asker;
    private readonly Author? _firstAsker;

    /// <param name="rooms">Who may be in which room.</param>
    /// <param name="people">Who is who.</param>
    /// <param name="roomId">The room in which the turn runs.</param>
    /// <param name="asker">Who had the turn begin.</param>
    /// <param name="firstAsker">The asker of the response, if that is somebody else.</param>
    internal RoomReaders(RoomAccessDirectory rooms, IPeople people, Guid roomId, Author asker, Author? firstAsker = null)
    {
        _firstAsker = firstAsker;
        _rooms = rooms;
        _people = people;
        _roomId = roomId;
        _asker = asker;
    }

    private RoomReaders()
    {
    }

    /// <summary>Readers of whom nothing is known, for a call that belongs to no room. Nothing may be given to them.</summary>
    internal static RoomReaders Unknown { get; } = new();

    /// <summary>
    /// Whether people who are no members can read the room: everybody with an account, or guests too. Whoever comes to the server tomorrow reads the
    /// answer then.
    /// </summary>
    public bool IsOpen => Find() is not { Visibility: RoomVisibility.Private };

    /// <summary>The members of the room.</summary>
    public ImmutableArray<Guid> Members => Find() is { } access ? [.. access.Members.Keys] : [];

    /// <summary>Refuses the call unless everybody who can read the room may read something.</summary>
    /// <param name="mayRead">
    /// Says whether a person may read it. Called for each member; in an open room also with null, for everybody on the server.
    /// </param>
    /// <param name="cancellationToken">Cancels the check.</param>
    /// <exception cref="ToolFailedException">Somebody may not. The message says so, and that the asker can ask in a room of their own.</exception>
    public async ValueTask RequireAsync(Func<Guid?, CancellationToken, ValueTask<bool>> mayRead, CancellationToken cancellationToken)
    {
        if (Find() is not { } access)
        {
            throw Refusal();
        }

        var readers = access.Members.Keys.Select(id => (Guid?)id);
        foreach (var reader in access.Visibility == RoomVisibility.Private ? readers : readers.Prepend(null))
        {
            if (!await mayRead(reader, cancellationToken).ConfigureAwait(false))
            {
                throw Refusal();
            }
        }
    }

    /// <summary>
    /// The sequence of the first message of a room that may be given to this turn; 0 for all. Of the room in which the turn runs, it is what its asker
    /// may see; of another room, what everybody may see who can read this one.
    /// </summary>
    /// <param name="roomId">The room to read.</param>
    /// <exception cref="ToolFailedException">
    /// Not everybody may read the other room, or it does not exist, in the same words. The message says that the asker can ask in a room of their own.
    /// </exception>
    public long FirstMessageOf(Guid roomId)
    {
        if (Find() is not { } here)
        {
            throw Refusal();
        }

        if (roomId == _roomId)
        {
            return _rooms!.SeesFrom(roomId, _asker!, _firstAsker);
        }

        if (_rooms!.Find(roomId) is not { } there || there.Visibility < here.Visibility || !here.Members.Keys.All(id => there.CanBeReadBy(id, _people!)))
        {
            throw Refusal();
        }

        // Nobody knows who reads an open room: what one of its members may not see, nobody gets.
        return (here.Visibility == RoomVisibility.Private ? here.Members.Keys.Select(there.SeesFrom) : there.Members.Values.Select(m => m.SeesFrom)).DefaultIfEmpty().Max();
    }

    private RoomAccess? Find() => _rooms?.Find(_roomId);

    // An asker who is a service has no room of its own.
    private NotForAllReadersException Refusal() => new(
        _asker is { Kind: AuthorKind.Person } asker
            ? $"Not everybody who can read this room may see this, and everybody here reads the answer. {Names.Quoted(asker.Name)} can ask for it in a private room of their own."
            : "Not everybody who can read this room may see this, and everybody here reads the answer. It can be asked for in a private room whose members may all see it.");
}

/// <summary>A tool would have given a turn what not everybody may read who reads its answer.</summary>
/// <param name="message">The sentence for the model and for people.</param>
internal sealed class NotForAllReadersException(string message) : ToolFailedException(message);
