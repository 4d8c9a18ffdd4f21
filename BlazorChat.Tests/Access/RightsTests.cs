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
/// Every public operation on rooms × everybody × objects of one's own, of somebody else, and of another room, against the table in
/// docs/security.md. An operation that is missing there fails, so whatever is built later has to join it.
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
        var expected = RightsTable.Find(operation, who);
        foreach (var method in Operations.Where(m => NameOf(m) == operation))
        {
            foreach (var isOwn in new[] { true, false })
            {
                var scene = await server.SceneAsync(who, isOnlyRead: IsReading(method));
                if (isOwn && !scene.HasOwn)
                {
                    continue;
                }

                var seen = await server.AskAsync(method, scene, isOwn ? scene.Mine! : scene.Others, scene.RoomId);
                Assert.True(
                    seen == (expected == Own ? isOwn ? Yes : No : expected),
                    $"{who}: {operation} on {(isOwn ? "their own" : "somebody else's")} was {seen}; the table says {expected}.");
            }
        }
    }

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
            // It is never found, so it never changes.
            var scene = await server.SceneAsync(who, isOnlyRead: true);
            var mine = (await server.Host.Rooms.CreateAsync(scene.Caller, "Mine", default)).Value;
            Assert.Equal(NotThere, await server.AskAsync(method, scene, scene.Others, mine.Id));
        }
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

    internal sealed record Scene(Person? Caller, Guid RoomId, Belongings? Mine, Belongings Others, NewInvite Invite)
    {
        public bool HasOwn => Mine is not null;
    }

    /// <summary>One server for all cells; each has a room of its own.</summary>
    public sealed class Server : IAsyncLifetime
    {
        private static readonly Author Demo = new(AuthorKind.Assistant, "demo", "Demo");

        private readonly Standings _standings = new();

        private readonly System.Collections.Concurrent.ConcurrentDictionary<string, Task<Scene>> _read = new(StringComparer.Ordinal);

        public ChatHost Host { get; private set; } = null!;

        public async Task InitializeAsync() => Host = await ChatHost.StartAsync(
            b => b.Services.AddSingleton<IPeople>(_standings), null, ["--Rooms:NewRooms=Private", "--Turns:ShutdownGrace=00:00:00"]);

        public Task DisposeAsync() => Host.DisposeAsync().AsTask();

        /// <summary>A room with everybody in it, in which somebody is what the test asks for.</summary>
        /// <param name="who">What the caller is.</param>
        /// <param name="isOnlyRead">Whether the room stays as it is, and can be used again.</param>
        internal Task<Scene> SceneAsync(string who, bool isOnlyRead) => isOnlyRead ? _read.GetOrAdd(who, MakeAsync) : MakeAsync(who);

        private async Task<Scene> MakeAsync(string who)
        {
            var owner = new Person(Guid.NewGuid(), "Olga");
            var other = new Person(Guid.NewGuid(), "Grace");
            var caller = who == "nobody" ? null : new Person(Guid.NewGuid(), "Ada");
            foreach (var person in new[] { owner, other, caller }.OfType<Person>())
            {
                _standings[person] = Standing.Registered;
            }

            var room = (await Host.Rooms.CreateAsync(owner, "Room", default)).Value;
            await SetAsync(other, RoomRole.Member);
            Belongings? mine = null;
            if (caller is not null)
            {
                _standings[caller] = who switch { "guest" => Standing.Guest, "administrator" => Standing.Administrator, _ => Standing.Registered };
                if (who is "ex-member" or "viewer" or "member" or "owner")
                {
                    await SetAsync(caller, RoomRole.Member);
                    mine = new Belongings(caller);
                    await StoreAsync(room.Id, mine);
                }

                switch (who)
                {
                    case "ex-member":
                        Assert.Null((await Host.Rooms.RemoveMemberAsync(owner, room.Id, caller.Id, default)).Error);
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
            await StoreAsync(room.Id, others);
            var invite = (await Host.Rooms.CreateInviteAsync(owner, room.Id, RoomRole.Viewer, TimeSpan.FromDays(7), 1, default)).Value;
            return new Scene(caller, room.Id, mine, others, invite);

            async Task SetAsync(Person person, RoomRole role) => Assert.Null((await Host.Rooms.SetMemberAsync(owner, room.Id, person.Id, role, default)).Error);
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
                return error.Kind switch { RoomErrorKind.Forbidden => No, RoomErrorKind.NotFound => NotThere, _ => Yes };
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
                "RetryAsync" or "ContinueAsync" => what.Failed,
                "RegenerateAsync" or "ReadSentAsync" or "ReadVersionsAsync" => what.Complete,
                "DecideAsync" or "ApproveInRoomAsync" or "AnswerBrowserCallAsync" or "StopAsync" => what.Waiting,
                _ => what.Message,
            },
            "questionId" => what.Message,
            "turnId" => what.Turn,
            "blobId" => what.Blob,
            "personId" => what.Whose.Id,
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
            "isArchived" or "isApprover" => true,
            "toolName" => "careful",
            "role" => RoomRole.Viewer,
            "visibility" => RoomVisibility.Open,
            "hidesHistory" => null,
            "change" => new RoomSettingsChange { Instructions = "Be kind." },
            "changed" => (Action)(() => { }),
            "text" or "name" or "result" => "Text",
            "filter" or "reason" or "instructions" or "answerMode" or "request" or "toolShown" => null,
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
                var room = (await change.FindRoomAsync(token))! with { Settings = new RoomSettings { AnswerMode = AnswerMode.WhenMentioned } };
                Add(of.Message, by, MessageStatus.Complete.Instance, new TextPart("Question"));
                Add(of.Failed, Demo, new MessageStatus.Failed("Broken."), new TextPart("Half"));
                Add(of.Complete, Demo, MessageStatus.Complete.Instance, new TextPart("Whole"));
                Add(
                    of.Waiting, Demo, MessageStatus.AwaitingPeople.Instance,
                    new ToolCallPart("c1", "careful") { Arguments = "{}", State = ToolCallState.AwaitingApproval },
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
