using System.Collections.Immutable;
using System.Reflection;
using BlazorChat.Access;
using BlazorChat.Live;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using BlazorChat.Turns;
using BlazorChat.Turns.Prompts;
using Microsoft.Extensions.DependencyInjection;
using static BlazorChat.Tests.Access.RightsTable;

namespace BlazorChat.Tests.Access;

/// <summary>
/// Every public operation on rooms × everybody × objects of one's own, of somebody else, and of another room, against the tables in
/// docs/security.md, in rooms of each kind. An operation that is missing there fails, so whatever is built later has to join it.
/// What is allowed has to succeed here: a refusal for another reason than rights is no yes.
/// </summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class RightsTests(RightsTests.Server server) : IClassFixture<RightsTests.Server>
{
    /// <summary>What is walked. <see cref="ReachableServicesTests"/> finds whatever is missing here.</summary>
    internal static readonly Type[] Services = [typeof(RoomService), typeof(ResponseService), typeof(LiveRooms)];

    // What asks no permission: code on the server, and what only tells a page which buttons to show.
    private static readonly string[] WithoutCaller = ["PostFromServerAsync", "Offers", "Shows"];

    /// <summary>What is in no table, for the reasons above.</summary>
    internal static IEnumerable<string> Reasons => from type in Services from name in WithoutCaller select $"{type.Name}.{name}";

    private const string Private = "private";

    private const string Open = "open";

    private const string OpenToGuests = "open to guests";

    private const string Ownerless = "open, nobody's";

    private const string Left = "private, left by its owner";

    private const string Archived = "archived";

    private const string Deleted = "deleted";

    public static TheoryData<string, string> OtherRooms
    {
        get
        {
            var rooms = new TheoryData<string, string>();
            foreach (var (room, who) in RightsTable.RoomKinds.SelectMany(r => RightsTable.Everybody.Where(w => RightsTable.IsThere(r, w)).Select(w => (r, w))))
            {
                rooms.Add(room, who);
            }

            return rooms;
        }
    }

    public static TheoryData<string, string> Cells => RightsTable.CellsOf(Operations.Select(NameOf).Distinct(StringComparer.Ordinal));

    private static IEnumerable<MethodInfo> Operations =>
        from type in Services
        from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
        where !method.IsSpecialName && !WithoutCaller.Contains(method.Name, StringComparer.Ordinal)
        select method;

    [Fact]
    public void The_table_has_every_operation_and_nothing_else() =>
        Assert.Equal(Operations.Select(NameOf).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal), RightsTable.OperationsOf(Services).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task Everybody_may_do_what_the_table_says(string operation, string who)
    {
        foreach (var method in Operations.Where(m => NameOf(m) == operation))
        {
            AssertNone(await DifferencesAsync(Private, method, who));
        }
    }

    [Theory]
    [MemberData(nameof(OtherRooms))]
    public async Task Everybody_may_do_what_the_table_says_in_rooms_of_other_kinds(string room, string who)
    {
        var differences = new List<string>();
        // What is not about one room is the same wherever it is asked.
        foreach (var method in Operations.Where(m => m.GetParameters().Any(p => p.Name is "roomId" or "token")))
        {
            differences.AddRange(await DifferencesAsync(room, method, who));
        }

        AssertNone(differences);
    }

    [Fact]
    public void The_table_has_every_kind_of_room() =>
        Assert.Equal([Open, OpenToGuests, Ownerless, Left, Archived, Deleted], RightsTable.RoomKinds);

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task An_id_of_another_room_is_never_found_whoever_owns_the_room_that_is_named(string operation, string who)
    {
        if (who == "nobody")
        {
            return;
        }

        foreach (var method in Operations.Where(m => NameOf(m) == operation && m.GetParameters().Any(p => p.Name is "messageId" or "questionId" or "turnId" or "blobId" or "inviteId")))
        {
            // It is never found, so nothing changes.
            var scene = await server.SceneAsync(Private, who, isOnlyRead: true);
            Assert.Equal(NotThere, await server.AskAsync(method, scene, scene.Others, await server.RoomOfAsync(who)));
        }
    }

    private static void AssertNone(IReadOnlyCollection<string> differences) => Assert.True(differences.Count == 0, string.Join('\n', differences));

    // What is not as the table says, for objects of one's own and of somebody else.
    private async Task<IReadOnlyList<string>> DifferencesAsync(string room, MethodInfo method, string who)
    {
        var expected = RightsTable.Find(room, NameOf(method), who);
        var differences = new List<string>();
        foreach (var isOwn in new[] { true, false })
        {
            var wanted = expected == Own ? isOwn ? Yes : No : expected;
            // What is refused changes nothing, so its room can be used again.
            var scene = await server.SceneAsync(room, who, isOnlyRead: wanted != Yes || IsReading(method));
            if (isOwn && !scene.HasOwn(method))
            {
                continue;
            }

            if (wanted == Yes && method.Name is "BringBackAsync" or "RemoveForGoodAsync" && room != Deleted)
            {
                Assert.Null((await server.Host.Rooms.ClearAsync(scene.Manager, scene.RoomId, default)).Error);
            }

            var seen = await server.AskAsync(method, scene, isOwn ? scene.Mine! : scene.Others, scene.RoomId);
            if (seen != wanted)
            {
                differences.Add($"{room}, {who}: {NameOf(method)} on {(isOwn ? "their own" : "somebody else's")} was {seen}; the table says {expected}.");
            }
        }

        return differences;
    }

    private static bool IsReading(MethodInfo method) =>
        method.Name.StartsWith("Read", StringComparison.Ordinal) || method.Name.StartsWith("Subscribe", StringComparison.Ordinal)
        || method.Name.StartsWith("List", StringComparison.Ordinal);

    private static string NameOf(MethodInfo method) => $"{method.DeclaringType!.Name}.{method.Name}";

    /// <summary>Objects in a room that belong to somebody.</summary>
    internal sealed record Belongings(Person Whose)
    {
        public Guid Message { get; } = Guid.CreateVersion7();

        public Guid Failed { get; } = Guid.CreateVersion7();

        public Guid Complete { get; } = Guid.CreateVersion7();

        public Guid Waiting { get; } = Guid.CreateVersion7();

        public Guid Turn { get; } = Guid.CreateVersion7();

        public Guid Blob { get; set; }
    }

    /// <param name="Room">The kind of the room.</param>
    /// <param name="Manager">Who decides about the room.</param>
    /// <param name="Caller">Who asks.</param>
    /// <param name="RoomId">The room.</param>
    /// <param name="Mine">What belongs to the caller there.</param>
    /// <param name="Others">What belongs to somebody else.</param>
    /// <param name="Invite">An invite to the room.</param>
    /// <param name="IsMember">Whether the caller is a member.</param>
    internal sealed record Scene(string Room, Person Manager, Person? Caller, Guid RoomId, Belongings? Mine, Belongings Others, NewInvite Invite, bool IsMember)
    {
        // Whoever is no member has no membership of their own to give up, but may have written what is theirs.
        public bool HasOwn(MethodInfo method) => Mine is not null && (IsMember || method.Name != "RemoveMemberAsync" || Room is Private or Archived or Left or Deleted);
    }

    /// <summary>One server for all cells; each has a room of its own.</summary>
    public sealed class Server : IAsyncLifetime
    {
        private static readonly Author Demo = new(AuthorKind.Assistant, "demo", "Demo");

        private readonly Standings _standings = new();

        private static readonly ToolFingerprint Careful = new("description", "schema", "nature");

        private readonly System.Collections.Concurrent.ConcurrentDictionary<(string Room, string Who), Task<Scene>> _read = new();

        private readonly System.Collections.Concurrent.ConcurrentDictionary<string, Task<Guid>> _own = new(StringComparer.Ordinal);

        public ChatHost Host { get; private set; } = null!;

        public async Task InitializeAsync() => Host = await ChatHost.StartAsync(
            b => b.Services.AddSingleton<IPeople>(_standings), null, ["--Rooms:NewRooms=Private", "--Turns:ShutdownGrace=00:00:00"]);

        public Task DisposeAsync() => Host.DisposeAsync().AsTask();

        /// <summary>A room with everybody in it, in which somebody is what the test asks for.</summary>
        /// <param name="kind">What the room is.</param>
        /// <param name="who">What the caller is.</param>
        /// <param name="isOnlyRead">Whether the room stays as it is, and can be used again.</param>
        internal Task<Scene> SceneAsync(string kind, string who, bool isOnlyRead) =>
            isOnlyRead ? _read.GetOrAdd((kind, who), static (key, server) => server.MakeAsync(key.Room, key.Who), this) : MakeAsync(kind, who);

        /// <summary>A room of the one who asks, for what is only refused there.</summary>
        internal async Task<Guid> RoomOfAsync(string who)
        {
            var caller = (await SceneAsync(Private, who, isOnlyRead: true)).Caller;
            return await _own.GetOrAdd(who, static async (_, of) => (await of.Host.Rooms.CreateAsync(of.Caller, "Mine", default)).Value.Id, (Host, Caller: caller));
        }

        private async Task<Scene> MakeAsync(string kind, string who)
        {
            var owner = new Person(Guid.NewGuid(), "Olga");
            var other = new Person(Guid.NewGuid(), "Grace");
            var caller = who == "nobody" ? null : new Person(Guid.NewGuid(), "Ada");
            foreach (var person in new[] { owner, other, caller }.OfType<Person>())
            {
                _standings[person] = Standing.Registered;
            }

            var roomId = await RoomAsync(kind, owner);
            await SetAsync(other, RoomRole.Member);
            Belongings? mine = null;
            if (caller is not null)
            {
                _standings[caller] = who switch { "guest" => Standing.Guest, "administrator" => Standing.Administrator, _ => Standing.Registered };
                if (who is "ex-member" or "viewer" or "member" or "owner")
                {
                    await SetAsync(caller, RoomRole.Member);
                }

                if (who is "ex-member" or "viewer" or "member" or "owner" || RightsTable.Find(kind, "RoomService.PostAsync", who) == Yes)
                {
                    mine = new Belongings(caller);
                    await StoreAsync(roomId, mine);
                }

                switch (who)
                {
                    case "ex-member":
                        Assert.Null((await Host.Rooms.RemoveMemberAsync(owner, roomId, caller.Id, default)).Error);
                        break;
                    case "viewer":
                        await SetAsync(caller, RoomRole.Viewer);
                        break;
                    case "owner":
                        await SetAsync(caller, RoomRole.Owner);
                        break;
                }
            }

            var others = new Belongings(other);
            await StoreAsync(roomId, others);
            var invite = (await Host.Rooms.CreateInviteAsync(owner, roomId, RoomRole.Viewer, TimeSpan.FromDays(7), 1, default)).Value;
            switch (kind)
            {
                case Left:
                    _standings[owner] = Standing.None;
                    break;
                case Archived:
                    Assert.Null((await Host.Rooms.ArchiveAsync(owner, roomId, true, default)).Error);
                    break;
                case Deleted:
                    Assert.Null((await Host.Rooms.DeleteAsync(owner, roomId, default)).Error);
                    break;
            }

            return new Scene(kind, owner, caller, roomId, mine, others, invite, who is "viewer" or "member" or "owner");

            async Task SetAsync(Person person, RoomRole role) => Assert.Null((await Host.Rooms.SetMemberAsync(owner, roomId, person.Id, role, default)).Error);
        }

        private async Task<Guid> RoomAsync(string kind, Person manager)
        {
            if (kind != Ownerless)
            {
                var visibility = kind switch { Open => RoomVisibility.Open, OpenToGuests => RoomVisibility.OpenToGuests, _ => RoomVisibility.Private };
                return (await Host.Rooms.CreateAsync(manager, "Room", default, visibility)).Value.Id;
            }

            // Like the lobby, and like rooms that code on the server makes.
            _standings[manager] = Standing.Administrator;
            var now = TimeProvider.System.GetUtcNow();
            var room = new Room { Id = Guid.CreateVersion7(now), Name = "Room", Visibility = RoomVisibility.OpenToGuests, CreatedAt = now, LastActivityAt = now };
            return (await Host.App.Services.GetRequiredService<RoomCreation>().CreateAsync(room, null, default)).Value.Id;
        }

        /// <summary>Calls an operation, with arguments by the names of its parameters, and says what came of it.</summary>
        internal async Task<string> AskAsync(MethodInfo method, Scene scene, Belongings what, Guid roomId)
        {
            object service = method.DeclaringType == typeof(RoomService) ? Host.Rooms : method.DeclaringType == typeof(LiveRooms) ? Host.Live : Host.Responses;
            var task = (Task)method.Invoke(service, [.. method.GetParameters().Select(p => Argument(p, method.Name, scene, what, roomId))])!;
            await task.Soon();
            var result = task.GetType().GetProperty("Result")!.GetValue(task)!;
            if (result.GetType().GetProperty("Error")!.GetValue(result) is RoomError error)
            {
                return error.Kind switch { RoomErrorKind.Forbidden => No, RoomErrorKind.NotFound => NotThere, _ => $"{error.Kind}: {error.Message}" };
            }

            var value = result.GetType().GetProperty("Value")!.GetValue(result);
            (value as IDisposable)?.Dispose();
            // What was sent for a response of another room: nothing.
            return roomId != scene.RoomId && value is IReadOnlyCollection<SentStep> { Count: 0 } ? NotThere : Yes;
        }

        private static object? Argument(ParameterInfo parameter, string method, Scene scene, Belongings what, Guid roomId) => parameter.Name switch
        {
            "person" => scene.Caller,
            "roomId" => roomId,
            "messageId" => method switch
            {
                "ContinueAsync" => what.Failed,
                "RegenerateAsync" or "ReadSentAsync" or "ReadVersionsAsync" => what.Complete,
                "DecideAsync" or "ApproveInRoomAsync" or "AnswerBrowserCallAsync" or "StopAsync" => what.Waiting,
                _ => what.Message,
            },
            "questionId" => what.Message,
            "turnId" => what.Turn,
            "blobId" => what.Blob,
            // Only a member can be named.
            "personId" => method == "SetApproverAsync" ? scene.Others.Whose.Id : what.Whose.Id,
            "clientId" => Guid.NewGuid(),
            "callId" => method == "AnswerBrowserCallAsync" ? "c2" : "c1",
            "argumentsShown" => "{}",
            "isApproved" => true,
            "isError" => false,
            "before" => long.MaxValue,
            "skip" => 0,
            "personName" => "Known",
            "inviteId" => scene.Invite.Invite.Id,
            "token" => scene.Invite.Token,
            "validFor" => TimeSpan.FromDays(7),
            "maxUses" => 1,
            "makesAccounts" => false,
            "isArchived" => scene.Room != Archived,
            "isApprover" => true,
            "toolName" => "careful",
            "role" => RoomRole.Viewer,
            "visibility" => scene.Room is OpenToGuests or Ownerless ? RoomVisibility.Open : RoomVisibility.OpenToGuests,
            "hidesHistory" => null,
            "change" => new RoomSettingsChange { Instructions = "Be kind." },
            "changed" => (Action)(() => { }),
            "text" or "name" or "result" => "Text",
            "toolShown" => Careful,
            "filter" or "reason" or "instructions" or "answerMode" or "request" => null,
            "cancellationToken" => CancellationToken.None,
            _ => throw new InvalidOperationException($"Give the parameter {parameter.Name} of {method} a value here."),
        };

        private async Task StoreAsync(Guid roomId, Belongings of)
        {
            var store = Host.App.Services.GetRequiredService<IRoomStore>();
            var now = TimeProvider.System.GetUtcNow();
            var by = of.Whose.AsAuthor();
            Assert.Null((await store.ChangeAsync<bool>(roomId, async (change, token) =>
            {
                var room = (await change.FindRoomAsync(token))! with
                {
                    Settings = new RoomSettings
                    {
                        AnswerMode = AnswerMode.WhenMentioned, Rights = new TurnRights { Always = [new StandingApproval("careful", Careful, by, now)] },
                    },
                };
                Add(of.Message, by, MessageStatus.Complete.Instance, new TextPart("Question"));
                Add(of.Failed, Demo, new MessageStatus.Failed("Broken."), new TextPart("Half"));
                Add(of.Complete, Demo, MessageStatus.Complete.Instance, new TextPart("Whole"));
                Add(
                    of.Waiting, Demo, MessageStatus.AwaitingPeople.Instance,
                    new ToolCallPart("c1", "careful") { Arguments = "{}", State = ToolCallState.AwaitingApproval, Tool = Careful },
                    new ToolCallPart("c2", "clipboard") { Arguments = "{}", State = ToolCallState.AwaitingBrowser });
                change.Save(new Turn(Guid.CreateVersion7(), roomId, Demo.Id, by, now) { QuestionId = of.Message, MessageId = of.Waiting, Status = TurnStatus.Suspended });
                change.Save(new Turn(of.Turn, roomId, Demo.Id, by, now) { QuestionId = of.Message });
                change.Save(room);
                return true;

                void Add(Guid id, Author author, MessageStatus status, params ImmutableArray<MessagePart> parts)
                {
                    room = room.WithMessage(now);
                    change.Add(
                        new Message
                        {
                            Id = id,
                            RoomId = roomId,
                            Sequence = room.LastSequence,
                            Author = author,
                            Parts = parts,
                            Status = status,
                            CreatedAt = now,
                            EndedAt = now,
                            AskedBy = author == by ? null : by,
                            QuestionId = author == by ? null : of.Message,
                        },
                        author == by ? Guid.NewGuid() : null);
                }
            }, default)).Value.Error);
            of.Blob = (await Host.App.Services.GetRequiredService<ITurnStore>().AddBlobAsync(of.Complete, new Blob("text/plain", "Whole"u8.ToArray()), default))!.Value;
        }
    }

    /// <summary>People with the standing that a test gives them.</summary>
    private sealed class Standings : IPeople
    {
        private readonly System.Collections.Concurrent.ConcurrentDictionary<Guid, Standing> _known = new();

        public event EventHandler<RightsChangedEventArgs>? Changed;

        public Standing this[Person person]
        {
            set
            {
                _known[person.Id] = value;
                Changed?.Invoke(this, new RightsChangedEventArgs(person.Id));
            }
        }

        public Standing StandingOf(Person person) => _known.GetValueOrDefault(person.Id);

        public string? NameOf(Guid personId) => _known.ContainsKey(personId) ? "Somebody" : null;

        public bool IsGone(Guid personId) => _known.GetValueOrDefault(personId, Standing.Guest) == Standing.None;

        public Guid? FindByName(string name)
        {
            // Somebody new each time, who is a member nowhere.
            var id = Guid.NewGuid();
            _known[id] = Standing.Registered;
            return id;
        }
    }
}
