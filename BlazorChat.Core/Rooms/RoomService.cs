using System.Collections.Immutable;
using BlazorChat.Access;
using BlazorChat.Commands;
using BlazorChat.Messages;
using BlazorChat.Text;
using BlazorChat.Turns;
using Microsoft.Extensions.Options;

namespace BlazorChat.Rooms;

/// <summary>
/// The operations on rooms and messages for people and for code on the server. Every command goes to the room's owner and is on disk when
/// it returns a value. The authorizer allows every read.
/// </summary>
public sealed partial class RoomService
{
    private readonly IRoomOwners _owners;
    private readonly IRoomAuthorizer _authorizer;
    private readonly IRoomStore _store;
    private readonly RoomDirectory _directory;
    private readonly RoomAccessDirectory _access;
    private readonly RoomCreation _creation;
    private readonly IPeople _people;
    private readonly RoomVisibility _ofNewRooms;
    private readonly TimeSpan _keepRemovedFor;
    private readonly PostingRate _rate;
    private readonly TimeProvider _time;
    private readonly ILogger<RoomService> _logger;

    internal RoomService(
        IRoomOwners owners, IRoomAuthorizer authorizer, IRoomStore store, RoomDirectory directory, RoomAccessDirectory access, RoomCreation creation,
        IPeople people, PostingRate rate, IOptions<RoomsOptions> options, TimeProvider time, ILogger<RoomService> logger)
    {
        _owners = owners;
        _authorizer = authorizer;
        _store = store;
        _directory = directory;
        _access = access;
        _creation = creation;
        _people = people;
        _ofNewRooms = options.Value.NewRooms;
        _keepRemovedFor = options.Value.KeepRemovedFor;
        _rate = rate;
        _time = time;
        _logger = logger;
    }

    /// <summary>
    /// Whether a page should offer an operation: the authorizer's decision, or true when it cannot decide synchronously. An offer permits
    /// nothing; the command asks the authorizer again.
    /// </summary>
    /// <param name="person">The person who looks at the page.</param>
    /// <param name="permission">The permission that the operation needs.</param>
    /// <param name="room">The room.</param>
    /// <param name="owner">The owner of the message or turn concerned (see <see cref="Message.Owner"/>); null for none.</param>
    public bool Offers(Person? person, RoomPermission permission, Room room, Author? owner) => Refusal(person, permission, room, owner, null) is null;

    /// <summary>
    /// Why a page does not offer an operation: the authorizer's reason, which says whose it is; null if it is offered (see <see cref="Offers"/>).
    /// </summary>
    /// <param name="person">The person who looks at the page.</param>
    /// <param name="permission">The permission that the operation needs.</param>
    /// <param name="room">The room.</param>
    /// <param name="owner">The owner of the message or turn concerned; null for none.</param>
    /// <param name="requestedBy">See <see cref="AuthorizedResource.RequestedBy"/>.</param>
    internal RoomError? Refusal(Person? person, RoomPermission permission, Room room, Author? owner, Author? requestedBy)
    {
        var asked = _authorizer.AuthorizeAsync(person, permission, new AuthorizedResource(room.Id) { Owner = owner, RequestedBy = requestedBy }, CancellationToken.None);
        return asked.IsCompletedSuccessfully ? asked.GetAwaiter().GetResult() : null;
    }

    /// <summary>
    /// Whether a person may see a room now: the authorizer's decision, or false when it cannot decide synchronously, because a list must not
    /// wait for each of its rooms.
    /// </summary>
    public bool Shows(Person? person, Room room)
    {
        var asked = _authorizer.AuthorizeAsync(person, RoomPermission.ViewRoom, room.Id, CancellationToken.None);
        return asked.IsCompletedSuccessfully && asked.GetAwaiter().GetResult() is null;
    }

    /// <summary>Whether a person may see a room now.</summary>
    /// <returns>Null if they may, otherwise the reason.</returns>
    internal ValueTask<RoomError?> CheckViewAsync(Person? person, Guid roomId, CancellationToken cancellationToken) =>
        _authorizer.AuthorizeAsync(person, RoomPermission.ViewRoom, roomId, cancellationToken);

    /// <summary>Who may be in a room: another object after each change. The caller has asked whether the viewer may see the room.</summary>
    internal RoomAccess? AccessOf(Guid roomId) => _access.Find(roomId);

    /// <summary>What somebody is on this server now, for pages that have to notice that it has changed. What follows from it, the authorizer says.</summary>
    internal Standing StandingOf(Person? person) => person is null ? Standing.None : _people.StandingOf(person);

    /// <summary>The list of the rooms that a person may see, newest activity first.</summary>
    public async Task<Result<ImmutableArray<RoomSummary>>> ListRoomsAsync(Person? person, CancellationToken cancellationToken) =>
        await _authorizer.AuthorizeAsync(person, RoomPermission.ListRooms, null, cancellationToken).ConfigureAwait(false) is { } no
            ? no
            : ReadList(person);

    /// <summary>The same as <see cref="ListRoomsAsync"/>, for somebody who may see the list.</summary>
    internal ImmutableArray<RoomSummary> ReadList(Person? person) => [.. _directory.Rooms.Where(r => Shows(person, r.Room)).Select(r => Cut(r, person))];

    /// <summary>The sequence of the first message that a person may see in a room that they may see; 0 for all.</summary>
    internal long SeesFrom(Person? person, Guid roomId) => person is null ? 0 : _access.SeesFrom(roomId, person.Id);

    /// <summary>The rooms that only this person owns, of those who can still act. Whoever leaves the server has to decide about them.</summary>
    internal ImmutableArray<Room> OwnedAlone(Guid personId) =>
        [.. _directory.Rooms.Select(r => r.Room).Where(r => IsLastOwner(r.Id, personId))];

    /// <summary>Whether a room has no other owner who can still act.</summary>
    internal bool IsLastOwner(Guid roomId, Guid personId) => _access.Find(roomId) is { } access && access.Members.Values.IsLastOwner(personId, _people);

    /// <summary>Has all rooms forget somebody who was deleted, little by little, so that nobody waits. Goes on where an earlier call ended.</summary>
    /// <param name="personId">The person.</param>
    /// <param name="formerName">The name that they had.</param>
    /// <param name="removesMessages">Whether their messages are removed.</param>
    /// <param name="cancellationToken">Ends it after the current step.</param>
    /// <exception cref="StorageUnavailableException">It has to be tried again later.</exception>
    internal async Task ForgetAsync(Guid personId, string? formerName, bool removesMessages, CancellationToken cancellationToken)
    {
        var authorId = new Person(personId, "").AsAuthor().Id;
        var theirs = (await _store.FindRoomsOfAsync(personId, cancellationToken).ConfigureAwait(false)).ToHashSet();
        // Also in rooms that were deleted: they may be brought back.
        var deleted = (await _store.ListDeletedAsync(cancellationToken).ConfigureAwait(false)).Select(r => r.Room.Id);
        foreach (var roomId in _directory.Rooms.Select(r => r.Room.Id).Concat(deleted).ToList())
        {
            var names = await _store.ReadNamesAsync(roomId, authorId, cancellationToken).ConfigureAwait(false);
            var person = new DeletedPerson(
                authorId, [.. names.Append(formerName).OfType<string>().Where(n => n != Names.GonePerson).Distinct(StringComparer.Ordinal)], removesMessages);
            var isFirst = theirs.Contains(roomId);
            var after = 0L;
            while (true)
            {
                var found = await _store.FindOfAsync(roomId, person, after, ForgetPerson.Slice, cancellationToken).ConfigureAwait(false);
                if (found.Count == 0 && !isFirst)
                {
                    break;
                }

                isFirst = false;
                var forgotten = await _owners.RunAsync(new ForgetPerson(roomId, personId, person, [.. found.Select(m => m.Id)]), cancellationToken).ConfigureAwait(false);
                if (forgotten.Error is { Kind: RoomErrorKind.Unavailable } error)
                {
                    throw new StorageUnavailableException(error.Message);
                }

                if (found.Count == 0 || forgotten.Error is not null)
                {
                    break;
                }

                after = found[^1].Sequence;
            }
        }
    }

    /// <summary>All rooms, most recent activity first, for code on the server: no one's permission is checked.</summary>
    public ImmutableArray<RoomSummary> Rooms => _directory.Rooms;

    /// <summary>Opens a room for a person. It stays in memory until the lease is disposed.</summary>
    internal Task<Result<RoomLease>> OpenAsync(Person? person, Guid roomId, CancellationToken cancellationToken) =>
        ReadAsync<RoomLease>(person, RoomPermission.ViewRoom, roomId, async () =>
            await _owners.OpenAsync(roomId, cancellationToken).ConfigureAwait(false) is { } lease ? lease : RoomErrors.NoSuchRoom, cancellationToken);

    /// <summary>The messages before a sequence, at most <see cref="RoomLimits.WindowSize"/>.</summary>
    public Task<Result<MessagePage>> ReadOlderAsync(Person? person, Guid roomId, long before, CancellationToken cancellationToken) =>
        ReadAsync<MessagePage>(person, RoomPermission.ViewRoom, roomId, async () =>
            (await _store.ReadPageAsync(roomId, before, RoomLimits.WindowSize, cancellationToken).ConfigureAwait(false)).From(SeesFrom(person, roomId)), cancellationToken);

    /// <summary>One message of a room as stored.</summary>
    public Task<Result<Message>> ReadMessageAsync(Person? person, Guid roomId, Guid messageId, CancellationToken cancellationToken) =>
        ReadAsync<Message>(person, RoomPermission.ViewRoom, roomId, async () =>
            await FindMessageAsync(person, roomId, messageId, cancellationToken).ConfigureAwait(false) is { } message ? message : RoomErrors.NoSuchMessage, cancellationToken);

    /// <summary>All versions of a message, oldest first; the last is the current one.</summary>
    public Task<Result<ImmutableArray<Message>>> ReadVersionsAsync(Person? person, Guid roomId, Guid messageId, CancellationToken cancellationToken) =>
        ReadAsync<ImmutableArray<Message>>(person, RoomPermission.ViewRoom, roomId, async () =>
        {
            if (await FindMessageAsync(person, roomId, messageId, cancellationToken).ConfigureAwait(false) is not { } message)
            {
                return RoomErrors.NoSuchMessage;
            }

            var earlier = await _store.ReadVersionsAsync(roomId, messageId, cancellationToken).ConfigureAwait(false);
            return earlier.Select(v => v.Message).Append(message).ToImmutableArray();
        }, cancellationToken);

    /// <summary>A blob of a room: the complete result of a tool, or a file.</summary>
    public Task<Result<Blob>> ReadBlobAsync(Person? person, Guid roomId, Guid blobId, CancellationToken cancellationToken) =>
        ReadAsync<Blob>(person, RoomPermission.ViewRoom, roomId, async () =>
            await _store.FindBlobAsync(roomId, blobId, SeesFrom(person, roomId), cancellationToken).ConfigureAwait(false) is { } blob ? blob : RoomErrors.NoSuchMessage, cancellationToken);

    /// <summary>How long owners can bring back a deleted room or cleared messages; zero for not at all.</summary>
    public TimeSpan KeepsRemovedFor => _keepRemovedFor;

    /// <summary>Who can see a new room when its maker says nothing else.</summary>
    public RoomVisibility VisibilityOfNewRooms => _ofNewRooms;

    /// <summary>Makes a room.</summary>
    /// <param name="person">The caller, who owns it.</param>
    /// <param name="name">The name.</param>
    /// <param name="cancellationToken">Cancels the command until it is stored.</param>
    /// <param name="visibility">Who can see it besides its members; null for <see cref="VisibilityOfNewRooms"/>.</param>
    public async Task<Result<Room>> CreateAsync(Person? person, string? name, CancellationToken cancellationToken, RoomVisibility? visibility = null)
    {
        var checkedName = Names.CheckRoomName(name);
        return checkedName.Error is { } bad ? bad : await CreateNamedAsync(person, checkedName.Value, visibility, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Makes a room that is called <see cref="Names.UnnamedRoom"/> until someone names it or its first exchange gets a title.
    /// </summary>
    /// <param name="person">The caller, who owns it.</param>
    /// <param name="cancellationToken">Cancels the command until it is stored.</param>
    /// <param name="visibility">Who can see it besides its members; null for <see cref="VisibilityOfNewRooms"/>.</param>
    public Task<Result<Room>> CreateUnnamedAsync(Person? person, CancellationToken cancellationToken, RoomVisibility? visibility = null) =>
        CreateNamedAsync(person, null, visibility, cancellationToken);

    /// <summary>Changes a room's name, instructions and answer mode. Null keeps a value.</summary>
    public Task<Result<Room>> ChangeAsync(
        Person? person, Guid roomId, string? name, string? instructions, AnswerMode? answerMode, CancellationToken cancellationToken) =>
        ChangeAsync(person, roomId, name, new RoomSettingsChange { Instructions = instructions, AnswerMode = answerMode }, cancellationToken);

    /// <inheritdoc cref="ChangeRoom" />
    /// <param name="person">The caller.</param>
    /// <param name="roomId">The room.</param>
    /// <param name="name">The new name, or null to keep it.</param>
    /// <param name="change">The changes to the settings.</param>
    /// <param name="cancellationToken">Cancels the command until it is stored.</param>
    public Task<Result<Room>> ChangeAsync(Person? person, Guid roomId, string? name, RoomSettingsChange change, CancellationToken cancellationToken) =>
        _owners.RunAsync(new ChangeRoom(roomId, person, name, change), cancellationToken);

    /// <inheritdoc cref="ClearRoom" />
    public Task<Result<long>> ClearAsync(Person? person, Guid roomId, CancellationToken cancellationToken) =>
        _owners.RunAsync(new ClearRoom(roomId, person), cancellationToken);

    /// <inheritdoc cref="DeleteRoom" />
    public Task<Result<Guid>> DeleteAsync(Person? person, Guid roomId, CancellationToken cancellationToken) =>
        _owners.RunAsync(new DeleteRoom(roomId, person), cancellationToken);

    /// <summary>What a person can bring back: deleted rooms, and messages that were cleared last in a room. The newest first.</summary>
    public Task<Result<ImmutableArray<RemovedRoom>>> ListRemovedAsync(Person? person, CancellationToken cancellationToken) =>
        ReadAsync<ImmutableArray<RemovedRoom>>(person, RoomPermission.ListRooms, null, async () =>
        {
            var removed = ImmutableArray.CreateBuilder<RemovedRoom>();
            // Only rooms that can be theirs to bring back: what others remove costs nobody a read.
            var managed = _access.ManagedBy(person!.Id, _people.StandingOf(person));
            foreach (var removal in await _store.ListRemovalsAsync(managed, _time.GetUtcNow() - _keepRemovedFor, cancellationToken).ConfigureAwait(false))
            {
                if (await _authorizer.AuthorizeAsync(person, RoomPermission.BringBack, removal.RoomId, cancellationToken).ConfigureAwait(false) is null)
                {
                    removed.Add(new RemovedRoom(
                        removal.RoomId, removal.Name, removal.IsRoom, removal.At, removal.At + _keepRemovedFor,
                        (removal.By is { } by ? _people.NameOf(by) : null) ?? Names.GonePerson));
                }
            }

            return removed.ToImmutable();
        }, cancellationToken);

    /// <inheritdoc cref="BringBack" />
    public Task<Result<Room>> BringBackAsync(Person? person, Guid roomId, CancellationToken cancellationToken) =>
        _owners.RunAsync(new BringBack(roomId, person), cancellationToken);

    /// <inheritdoc cref="RemoveForGood" />
    public Task<Result<Guid>> RemoveForGoodAsync(Person? person, Guid roomId, CancellationToken cancellationToken) =>
        _owners.RunAsync(new RemoveForGood(roomId, person), cancellationToken);

    /// <inheritdoc cref="PostMessage" />
    /// <param name="person">The author.</param>
    /// <param name="roomId">The room.</param>
    /// <param name="clientId">An id that the sender made for this one message.</param>
    /// <param name="text">1 to <see cref="RoomLimits.MessageLength"/> characters, not only white space.</param>
    /// <param name="cancellationToken">Cancels the command until it is stored.</param>
    /// <param name="request">Data from the asker's page; null for none.</param>
    /// <returns>The message as stored.</returns>
    public Task<Result<Message>> PostAsync(
        Person? person, Guid roomId, Guid clientId, string? text, CancellationToken cancellationToken, TurnRequest? request = null) =>
        _owners.RunAsync(new PostMessage(roomId, person, clientId, text, request), cancellationToken);

    /// <inheritdoc cref="PostServiceMessage" />
    /// <param name="service">The author: its id and name, of the kind <see cref="AuthorKind.Service"/>.</param>
    /// <param name="roomId">The room.</param>
    /// <param name="messageId">An id that the caller made for this one message; repeating it posts nothing new, and is an error within two
    /// weeks if the message has been deleted.</param>
    /// <param name="text">1 to <see cref="RoomLimits.MessageLength"/> characters, not only white space.</param>
    /// <param name="asksForResponse">Whether assistants answer it as they would a person's message, by the room's answer mode and
    /// mentions.</param>
    /// <param name="cancellationToken">Cancels the command until it is stored.</param>
    /// <param name="request">Data for the turns; null for none.</param>
    /// <returns>The message as stored.</returns>
    /// <exception cref="ArgumentException">The author is not a valid service.</exception>
    public Task<Result<Message>> PostFromServerAsync(
        Author service, Guid roomId, Guid messageId, string? text, bool asksForResponse, CancellationToken cancellationToken, TurnRequest? request = null) =>
        service.Kind == AuthorKind.Service && service.Id.Length is > 0 and <= 64 && Names.CheckPersonName(service.Name).Error is null
            ? _owners.RunAsync(new PostServiceMessage(roomId, service, messageId, text, asksForResponse, request), cancellationToken)
            : throw new ArgumentException("A service needs an id of 1 to 64 characters and a name that is valid for a person.", nameof(service));

    /// <inheritdoc cref="EditMessage" />
    /// <returns>The message as stored.</returns>
    public Task<Result<Message>> EditAsync(Person? person, Guid roomId, Guid messageId, string? text, CancellationToken cancellationToken) =>
        _owners.RunAsync(new EditMessage(roomId, person, messageId, text), cancellationToken);

    /// <inheritdoc cref="DeleteMessage" />
    public Task<Result<Guid>> DeleteMessageAsync(Person? person, Guid roomId, Guid messageId, CancellationToken cancellationToken) =>
        _owners.RunAsync(new DeleteMessage(roomId, person, messageId), cancellationToken);

    /// <summary>
    /// The members of a room with their names, owners first. Whoever sees the room sees them; see <see cref="Room.Visibility"/> for who else does.
    /// </summary>
    public Task<Result<ImmutableArray<NamedMember>>> ReadMembersAsync(Person? person, Guid roomId, CancellationToken cancellationToken) =>
        ReadAsync(person, RoomPermission.ViewRoom, roomId, () => Task.FromResult(ReadMembers(roomId)), cancellationToken);

    /// <inheritdoc cref="SetMember" />
    /// <param name="person">The caller.</param>
    /// <param name="roomId">The room.</param>
    /// <param name="personId">Who is to be a member.</param>
    /// <param name="role">Their role.</param>
    /// <param name="cancellationToken">Cancels the command until it is stored.</param>
    public Task<Result<RoomMember>> SetMemberAsync(Person? person, Guid roomId, Guid personId, RoomRole role, CancellationToken cancellationToken) =>
        _owners.RunAsync(new SetMember(roomId, person, personId, role), cancellationToken);

    /// <inheritdoc cref="SetGroupRole" />
    internal Task<Result<bool>> SetGroupRoleAsync(Author service, Guid roomId, Guid personId, RoomRole? role, CancellationToken cancellationToken) =>
        _owners.RunAsync(new SetGroupRole(roomId, service, personId, role), cancellationToken);

    /// <inheritdoc cref="RemoveMember" />
    public Task<Result<Guid>> RemoveMemberAsync(Person? person, Guid roomId, Guid personId, CancellationToken cancellationToken) =>
        _owners.RunAsync(new RemoveMember(roomId, person, personId), cancellationToken);

    /// <inheritdoc cref="ChangeAccess" />
    /// <param name="person">The caller.</param>
    /// <param name="roomId">The room.</param>
    /// <param name="visibility">Who can see it from now on; null to keep that.</param>
    /// <param name="hidesHistory">Whether newcomers see only what comes after they came; null to keep that.</param>
    /// <param name="cancellationToken">Cancels the command until it is stored.</param>
    public Task<Result<Room>> ChangeAccessAsync(Person? person, Guid roomId, RoomVisibility? visibility, bool? hidesHistory, CancellationToken cancellationToken) =>
        _owners.RunAsync(new ChangeAccess(roomId, person, visibility, hidesHistory), cancellationToken);

    /// <inheritdoc cref="SetApprover" />
    /// <param name="person">The caller.</param>
    /// <param name="roomId">The room.</param>
    /// <param name="personId">The person.</param>
    /// <param name="isApprover">Whether they may approve from now on.</param>
    /// <param name="cancellationToken">Cancels the command until it is stored.</param>
    public Task<Result<Room>> SetApproverAsync(Person? person, Guid roomId, Guid personId, bool isApprover, CancellationToken cancellationToken) =>
        _owners.RunAsync(new SetApprover(roomId, person, personId, isApprover), cancellationToken);

    /// <inheritdoc cref="RevokeTool" />
    public Task<Result<Room>> RevokeToolAsync(Person? person, Guid roomId, string toolName, CancellationToken cancellationToken) =>
        _owners.RunAsync(new RevokeTool(roomId, person, toolName), cancellationToken);

    /// <inheritdoc cref="ArchiveRoom" />
    /// <param name="person">The caller.</param>
    /// <param name="roomId">The room.</param>
    /// <param name="isArchived">Whether it is to be archived.</param>
    /// <param name="cancellationToken">Cancels the command until it is stored.</param>
    public Task<Result<Room>> ArchiveAsync(Person? person, Guid roomId, bool isArchived, CancellationToken cancellationToken) =>
        _owners.RunAsync(new ArchiveRoom(roomId, person, isArchived), cancellationToken);

    /// <summary>
    /// Makes the person with exactly this name a member. Whoever may not invite people learns nothing about names, and tries count toward the
    /// posting rate.
    /// </summary>
    /// <param name="person">The caller.</param>
    /// <param name="roomId">The room.</param>
    /// <param name="personName">The name of who is to be a member.</param>
    /// <param name="role">Their role.</param>
    /// <param name="cancellationToken">Cancels the command until it is stored.</param>
    public Task<Result<RoomMember>> InviteByNameAsync(Person? person, Guid roomId, string? personName, RoomRole role, CancellationToken cancellationToken) =>
        ReadAsync<RoomMember>(person, RoomPermission.ManageMembers, roomId, async () =>
        {
            if (!_rate.TryTake(person!.Id, isMessage: true))
            {
                return RoomErrors.TooFast;
            }

            if (FindPerson(personName) is not { } id)
            {
                return RoomErrors.NoSuchPerson;
            }

            return _access.Find(roomId)?.Members.ContainsKey(id) == true
                ? RoomErrors.AlreadyMember
                : await SetMemberAsync(person, roomId, id, role, cancellationToken).ConfigureAwait(false);
        }, cancellationToken);

    /// <summary>
    /// Makes the person with exactly this name an owner, whether they are a member or not. Tries count toward the posting rate, as with
    /// <see cref="InviteByNameAsync"/>.
    /// </summary>
    /// <param name="person">The caller.</param>
    /// <param name="roomId">The room.</param>
    /// <param name="personName">The name of who is to own the room, too.</param>
    /// <param name="cancellationToken">Cancels the command until it is stored.</param>
    public Task<Result<RoomMember>> HandOverAsync(Person? person, Guid roomId, string? personName, CancellationToken cancellationToken) =>
        ReadAsync<RoomMember>(person, RoomPermission.ManageMembers, roomId, async () =>
            !_rate.TryTake(person!.Id, isMessage: true) ? RoomErrors.TooFast
            : FindPerson(personName) is { } id ? await SetMemberAsync(person, roomId, id, RoomRole.Owner, cancellationToken).ConfigureAwait(false)
            : RoomErrors.NoSuchPerson, cancellationToken);

    /// <summary>
    /// The rooms that have no owner who can act: the owners are gone or not let in, or there never was one. The lobby is not among them.
    /// </summary>
    public Task<Result<ImmutableArray<OwnerlessRoom>>> ListOwnerlessAsync(Person? person, CancellationToken cancellationToken) =>
        ReadAsync(person, RoomPermission.ListOwnerless, null, () => Task.FromResult(FindOwnerless(access => !access.IsLobby && !access.HasOwnerOf(_people), null)), cancellationToken);

    /// <summary>The rooms that would have no owner who can act without somebody, for who decides about that person.</summary>
    /// <param name="person">The caller.</param>
    /// <param name="personId">Who may go.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public Task<Result<ImmutableArray<OwnerlessRoom>>> ListOwnedAloneAsync(Person? person, Guid personId, CancellationToken cancellationToken) =>
        ReadAsync(person, RoomPermission.ListOwnerless, null, () => Task.FromResult(FindOwnerless(access => access.Members.Values.IsLastOwner(personId, _people), personId)), cancellationToken);

    /// <summary>All rooms of the server, by name, a page at a time: for administrators, who learn nothing of what is in them.</summary>
    /// <param name="person">The caller.</param>
    /// <param name="filter">Only rooms whose name, or the name of an owner, has this in it; null or empty for all.</param>
    /// <param name="skip">How many to leave out: those of earlier pages.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    public Task<Result<ManagedRooms>> ListAllAsync(Person? person, string? filter, int skip, CancellationToken cancellationToken) =>
        ReadAsync<ManagedRooms>(person, RoomPermission.ListAllRooms, null, () =>
        {
            var wanted = filter?.Trim() ?? "";
            var found = _directory.Rooms.Select(r => Managed(r.Room, person!)).OfType<ManagedRoom>()
                .Where(r => r.Name.Contains(wanted, StringComparison.OrdinalIgnoreCase) || r.Owners.Any(o => o.Contains(wanted, StringComparison.OrdinalIgnoreCase)))
                .OrderBy(r => r.Name, StringComparer.OrdinalIgnoreCase).ThenBy(r => r.RoomId).ToList();
            return Task.FromResult<Result<ManagedRooms>>(new ManagedRooms([.. found.Skip(skip).Take(ManagedRooms.PageSize)], found.Count));
        }, cancellationToken);

    /// <summary>The same of one room.</summary>
    public Task<Result<ManagedRoom>> ReadManagedAsync(Person? person, Guid roomId, CancellationToken cancellationToken) =>
        ReadAsync<ManagedRoom>(
            person, RoomPermission.AdministerRoom, roomId,
            () => Task.FromResult<Result<ManagedRoom>>(_directory.Find(roomId) is { } room && Managed(room, person!) is { } managed ? managed : RoomErrors.NoSuchRoom), cancellationToken);

    /// <summary>Archives any room, or brings it back, for an administrator of the server: see <see cref="ArchiveRoom"/>.</summary>
    /// <param name="person">The caller.</param>
    /// <param name="roomId">The room.</param>
    /// <param name="isArchived">Whether it is to be archived.</param>
    /// <param name="cancellationToken">Cancels the command until it is stored.</param>
    public async Task<Result<Guid>> ArchiveAsAdministratorAsync(Person? person, Guid roomId, bool isArchived, CancellationToken cancellationToken) =>
        // Not the room as it is stored: it has counts of what is in it.
        (await _owners.RunAsync(new ArchiveRoom(roomId, person, isArchived, AsAdministrator: true), cancellationToken).ConfigureAwait(false)).Select(room => room.Id);

    /// <summary>Deletes any room but the lobby, for an administrator of the server: see <see cref="DeleteRoom"/>. Its owners can bring it back.</summary>
    public Task<Result<Guid>> DeleteAsAdministratorAsync(Person? person, Guid roomId, CancellationToken cancellationToken) =>
        _owners.RunAsync(new DeleteRoom(roomId, person, AsAdministrator: true), cancellationToken);

    /// <inheritdoc cref="JoinAsAdministrator" />
    public Task<Result<RoomMember>> JoinAsAdministratorAsync(Person? person, Guid roomId, CancellationToken cancellationToken) =>
        _owners.RunAsync(new JoinAsAdministrator(roomId, person), cancellationToken);

    private ManagedRoom? Managed(Room room, Person person) => _access.Find(room.Id) is not { } access ? null : new ManagedRoom(
        room.Id, room.Name,
        [.. access.Members.Values.Where(m => m.Role == RoomRole.Owner).Select(m => _people.NameOf(m.PersonId)).OfType<string>().Order(StringComparer.OrdinalIgnoreCase)],
        access.Members.Count, access.Visibility)
    {
        IsArchived = access.IsArchived,
        IsLobby = access.IsLobby,
        IsMember = access.Members.ContainsKey(person.Id),
        HidesHistory = room.HidesHistory,
    };

    private Result<ImmutableArray<OwnerlessRoom>> FindOwnerless(Func<RoomAccess, bool> isWanted, Guid? except) =>
        (from room in _directory.Rooms
         let access = _access.Find(room.Room.Id)
         where access is not null && isWanted(access)
         let members = access.Members.Keys.Where(id => id != except && !_people.IsGone(id)).Select(_people.NameOf).OfType<string>()
         select new OwnerlessRoom(room.Room.Id, room.Room.Name, [.. members.Order(StringComparer.OrdinalIgnoreCase)])).ToImmutableArray();

    /// <inheritdoc cref="AppointOwner" />
    /// <param name="person">The caller.</param>
    /// <param name="roomId">The room.</param>
    /// <param name="personName">The name of who is to own the room.</param>
    /// <param name="cancellationToken">Cancels the command until it is stored.</param>
    public Task<Result<RoomMember>> AppointOwnerAsync(Person? person, Guid roomId, string? personName, CancellationToken cancellationToken) =>
        ReadAsync<RoomMember>(person, RoomPermission.AppointOwner, roomId, async () => FindPerson(personName) is { } id
            ? await _owners.RunAsync(new AppointOwner(roomId, person, id), cancellationToken).ConfigureAwait(false)
            : RoomErrors.NoSuchPerson, cancellationToken);

    /// <inheritdoc cref="CreateInvite" />
    /// <param name="person">The caller.</param>
    /// <param name="roomId">The room.</param>
    /// <param name="role">What people may do in the room who come by it.</param>
    /// <param name="validFor">How long it works.</param>
    /// <param name="maxUses">How many people it lets in.</param>
    /// <param name="cancellationToken">Cancels the command until it is stored.</param>
    /// <param name="makesAccounts">Whether people without an account can make one with it.</param>
    /// <returns>The invite with its token, which nobody can see again.</returns>
    public async Task<Result<NewInvite>> CreateInviteAsync(
        Person? person, Guid roomId, RoomRole role, TimeSpan validFor, int maxUses, CancellationToken cancellationToken, bool makesAccounts = false)
    {
        var token = InviteToken.Create();
        var created = await _owners.RunAsync(
            new CreateInvite(roomId, person, Guid.CreateVersion7(_time.GetUtcNow()), InviteToken.HashOf(token), role, validFor, maxUses, makesAccounts), cancellationToken).ConfigureAwait(false);
        return created.Select(invite => new NewInvite(invite, token));
    }

    /// <inheritdoc cref="RevokeInvite" />
    public Task<Result<Guid>> RevokeInviteAsync(Person? person, Guid roomId, Guid inviteId, CancellationToken cancellationToken) =>
        _owners.RunAsync(new RevokeInvite(roomId, person, inviteId), cancellationToken);

    /// <summary>The invite links of a room that still let somebody in, newest first. Their tokens are not stored.</summary>
    public Task<Result<ImmutableArray<NamedInvite>>> ListInvitesAsync(Person? person, Guid roomId, CancellationToken cancellationToken) =>
        ReadAsync<ImmutableArray<NamedInvite>>(person, RoomPermission.ManageMembers, roomId, async () =>
            (await _store.ReadInvitesAsync(roomId, cancellationToken).ConfigureAwait(false)).Where(i => i.IsOpen(_time.GetUtcNow()))
                .Select(i => new NamedInvite(i, _people.NameOf(i.CreatedBy) ?? Names.GonePerson)).ToImmutableArray(), cancellationToken);

    /// <summary>
    /// What an invite says to somebody who has its link. Changes nothing. One that does not work is refused in the same words, whatever the
    /// reason.
    /// </summary>
    public Task<Result<InviteOffer>> ReadInviteAsync(Person? person, string? token, CancellationToken cancellationToken) =>
        ReadAsync<InviteOffer>(person, RoomPermission.UseInvite, null, async () =>
        {
            if (await FindInviteAsync(person!, token, cancellationToken).ConfigureAwait(false) is not { } found
                || _access.Find(found.RoomId) is not { } access
                || await _store.FindAsync(found.RoomId, cancellationToken).ConfigureAwait(false) is not { } room
                || _people.NameOf(found.Invite.CreatedBy) is not { } inviter)
            {
                return RoomErrors.NoSuchInvite;
            }

            var isMember = (access.Members.TryGetValue(person!.Id, out var member) && member.Role >= found.Invite.Role)
                || access.RoleOf(person.Id, _people.StandingOf(person)) > found.Invite.Role;
            return isMember || (!found.IsUsed && found.Invite.IsOpen(_time.GetUtcNow())
                && await MayInviteAsync(new Person(found.Invite.CreatedBy, inviter), found.RoomId, cancellationToken).ConfigureAwait(false))
                    ? new InviteOffer(room.Id, room.Name, inviter, found.Invite.Role, isMember, found.Invite.MakesAccounts)
                    : RoomErrors.NoSuchInvite;
        }, cancellationToken);

    /// <inheritdoc cref="UseInvite" />
    /// <param name="person">The caller.</param>
    /// <param name="token">The last part of the invite's link.</param>
    /// <param name="cancellationToken">Cancels the command until it is stored.</param>
    /// <returns>The room's id.</returns>
    public Task<Result<Guid>> UseInviteAsync(Person? person, string? token, CancellationToken cancellationToken) =>
        ReadAsync<Guid>(person, RoomPermission.UseInvite, null, async () =>
        {
            if (await FindInviteAsync(person!, token, cancellationToken).ConfigureAwait(false) is not { } found)
            {
                return RoomErrors.NoSuchInvite;
            }

            var used = await _owners.RunAsync(new UseInvite(found.RoomId, person, found.Invite.TokenHash), cancellationToken).ConfigureAwait(false);
            // A room that was just deleted is no more than an invite that does not work.
            return used.Error is { Kind: RoomErrorKind.NotFound } ? RoomErrors.NoSuchInvite : used.Select(_ => found.RoomId);
        }, cancellationToken);

    /// <summary>Whether whoever made an invite may still invite people to its room.</summary>
    internal async ValueTask<bool> MayInviteAsync(Person maker, Guid roomId, CancellationToken cancellationToken) =>
        await _authorizer.AuthorizeAsync(maker, RoomPermission.ManageMembers, roomId, cancellationToken).ConfigureAwait(false) is null;

    /// <summary>Makes somebody a member who has just made an account with an invite, which has counted them already.</summary>
    internal Task<Result<RoomRole>> UseCountedInviteAsync(Person person, Guid roomId, string tokenHash, CancellationToken cancellationToken) =>
        _owners.RunAsync(new UseInvite(roomId, person, tokenHash, IsCounted: true), cancellationToken);

    private async Task<FoundInvite?> FindInviteAsync(Person person, string? token, CancellationToken cancellationToken) =>
        token is { Length: > 0 and <= 100 } ? await _store.FindInviteAsync(InviteToken.HashOf(token), person.Id, cancellationToken).ConfigureAwait(false) : null;

    private Guid? FindPerson(string? name) => Names.CheckPersonName(name) is { Error: null, Value: var known } ? _people.FindByName(known) : null;

    private RoomSummary Cut(RoomSummary summary, Person? person) =>
        SeesFrom(person, summary.Room.Id) is > 0 and var from ? summary with { Room = summary.Room.From(from) } : summary;

    private async Task<Message?> FindMessageAsync(Person? person, Guid roomId, Guid messageId, CancellationToken cancellationToken) =>
        await _store.FindMessageAsync(roomId, messageId, cancellationToken).ConfigureAwait(false) is { } message && message.Sequence >= SeesFrom(person, roomId)
            ? message
            : null;

    private Result<ImmutableArray<NamedMember>> ReadMembers(Guid roomId)
    {
        if (_access.Find(roomId) is not { } access)
        {
            return RoomErrors.NoSuchRoom;
        }

        return access.Members.Values.Select(m => new NamedMember(m, _people.NameOf(m.PersonId) ?? Names.GonePerson))
            .OrderByDescending(m => m.Member.Role).ThenBy(m => m.Name, StringComparer.OrdinalIgnoreCase).ThenBy(m => m.Member.PersonId).ToImmutableArray();
    }

    private Task<Result<Room>> CreateNamedAsync(Person? person, string? name, RoomVisibility? visibility, CancellationToken cancellationToken) =>
        ReadAsync<Room>(person, RoomPermission.CreateRoom, null, async () =>
        {
            if (visibility is { } wanted && !Enum.IsDefined(wanted))
            {
                return RoomErrors.NoSuchVisibility;
            }

            if (!_rate.TryTake(person!.Id, isMessage: true))
            {
                return RoomErrors.TooFast;
            }

            var now = _time.GetUtcNow();
            var room = new Room
            {
                Id = Guid.CreateVersion7(now),
                Name = name ?? Names.UnnamedRoom,
                IsNamed = name is not null,
                Visibility = visibility ?? _ofNewRooms,
                CreatedAt = now,
                LastActivityAt = now,
            };
            var created = await _creation.CreateAsync(room, new RoomMember(person.Id, RoomRole.Owner, now), cancellationToken).ConfigureAwait(false);
            if (created.Error is null)
            {
                LogCreated(room.Id);
            }

            return created;
        }, cancellationToken);

    private async Task<Result<T>> ReadAsync<T>(
        Person? person, RoomPermission permission, Guid? roomId, Func<Task<Result<T>>> read, CancellationToken cancellationToken)
    {
        if (await _authorizer.AuthorizeAsync(person, permission, roomId is { } id ? new AuthorizedResource(id) : null, cancellationToken).ConfigureAwait(false) is { } no)
        {
            LogRefused(permission, roomId);
            return no;
        }

        try
        {
            return await read().ConfigureAwait(false);
        }
        catch (StorageUnavailableException e)
        {
            LogStorageFailed(e, roomId);
            return RoomErrors.NotStored;
        }
    }

    [LoggerMessage(LogLevel.Information, "Room {RoomId} was created.")]
    private partial void LogCreated(Guid roomId);

    [LoggerMessage(LogLevel.Warning, "{Permission} in room {RoomId} was refused.")]
    private partial void LogRefused(RoomPermission permission, Guid? roomId);

    [LoggerMessage(LogLevel.Error, "Storage failed for room {RoomId}.")]
    private partial void LogStorageFailed(Exception exception, Guid? roomId);
}
