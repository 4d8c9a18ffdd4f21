using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using Microsoft.Extensions.Options;

namespace BlazorChat.Tests.Access;

/// <summary>Who may do what with turns: each right × each choice × everybody, against the table in docs/security.md.</summary>
[Trait(nameof(Kind), Kind.Unit)]
public sealed class RightsOnTurnsTests
{
    private static readonly string[] Everybody = ["asker", "another member", "owner", "viewer"];

    private static readonly Person Asker = Somebody("Ada");

    private static readonly Person Other = Somebody("Grace");

    private static readonly Person Owner = Somebody("Olga");

    private static readonly Person Reader = Somebody("Bella");

    private readonly Roster _people = new();

    private readonly RoomAccessDirectory _rooms = new(TimeProvider.System, Options.Create(new RoomsOptions()));

    public static TheoryData<RoomPermission, TurnPeople, string, bool> Cells
    {
        get
        {
            var cells = new TheoryData<RoomPermission, TurnPeople, string, bool>();
            foreach (var row in File.ReadLines(Repository.File("docs/security.md")).Where(line => line.StartsWith("| `", StringComparison.Ordinal))
                .Select(line => line.Split('|', StringSplitOptions.TrimEntries)[1..^1]).Where(row => row.Length == Everybody.Length + 2))
            {
                foreach (var (who, cell) in Everybody.Zip(row[2..]))
                {
                    cells.Add(Enum.Parse<RoomPermission>(row[0].Trim('`')), Enum.Parse<TurnPeople>(row[1].Trim('*')), who, cell == "yes");
                }
            }

            return cells;
        }
    }

    [Fact]
    public void The_table_has_every_choice_and_marks_the_defaults()
    {
        // Asking has one choice less: whoever may ask becomes the asker.
        Assert.Equal((4 * 3 - 1) * Everybody.Length, Cells.Count);
        Assert.Equal((TurnPeople.Members, TurnPeople.AskerAndOwners, TurnPeople.AskerAndOwners, TurnPeople.AskerAndOwners), Values(new TurnRights()));
        var marked = File.ReadLines(Repository.File("docs/security.md")).Where(line => line.StartsWith("| `", StringComparison.Ordinal) && line.Contains("| **", StringComparison.Ordinal))
            .Select(line => Enum.Parse<TurnPeople>(line.Split('|', StringSplitOptions.TrimEntries)[2].Trim('*')));
        Assert.Equal([TurnPeople.Members, TurnPeople.AskerAndOwners, TurnPeople.AskerAndOwners, TurnPeople.AskerAndOwners], marked);
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task Everybody_may_do_what_the_table_says(RoomPermission right, TurnPeople people, string who, bool may)
    {
        var room = Add(Rights(right, people), (Asker, RoomRole.Member), (Other, RoomRole.Member), (Owner, RoomRole.Owner), (Reader, RoomRole.Viewer));
        var caller = who switch { "asker" => Asker, "owner" => Owner, "viewer" => Reader, _ => Other };
        var refusal = await AskAsync(caller, right, room, Asker);
        Assert.Equal(may, refusal is null);
        if (!may && who != "viewer")
        {
            // It says whose it is.
            Assert.Contains(people == TurnPeople.AskerAndOwners ? "the person who asked or a room owner" : "a room owner", refusal!.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Whoever_may_not_ask_may_not_regenerate_either()
    {
        var room = Add(new TurnRights { Ask = TurnPeople.Owners, Regenerate = TurnPeople.Members }, (Asker, RoomRole.Member), (Owner, RoomRole.Owner));
        Assert.Equal("Only a room owner can ask assistants here.", (await AskAsync(Asker, RoomPermission.RetryResponse, room, Asker))?.Message);
        Assert.Null(await AskAsync(Owner, RoomPermission.RetryResponse, room, Asker));
    }

    [Theory]
    [InlineData(RoomPermission.StopResponse, true)]
    [InlineData(RoomPermission.RetryResponse, false)]
    [InlineData(RoomPermission.DecideToolCall, false)]
    public async Task Whoever_had_it_written_again_may_stop_it_and_no_more(RoomPermission right, bool may)
    {
        var room = Add(new TurnRights(), (Asker, RoomRole.Member), (Other, RoomRole.Member), (Owner, RoomRole.Owner));
        Assert.Equal(may, await AskAsync(Other, right, room, Asker, requestedBy: Other) is null);
        Assert.NotNull(await AskAsync(Other, right, room, Asker, requestedBy: Owner));
    }

    [Theory]
    [InlineData(Standing.Registered, TurnPeople.AskerAndOwners, false)]
    [InlineData(Standing.Administrator, TurnPeople.AskerAndOwners, true)]
    [InlineData(Standing.Registered, TurnPeople.Owners, false)]
    [InlineData(Standing.Administrator, TurnPeople.Owners, true)]
    public async Task In_a_room_without_an_owner_administrators_count_as_owners(Standing standing, TurnPeople people, bool may)
    {
        var room = Add(new TurnRights { Ask = people == TurnPeople.Owners ? people : TurnPeople.Members, Stop = people, Regenerate = people, Approve = people }, RoomVisibility.Open);
        _people[Other] = standing;
        foreach (var right in new[] { RoomPermission.StopResponse, RoomPermission.RetryResponse, RoomPermission.DecideToolCall })
        {
            var refusal = await AskAsync(Other, right, room, Asker);
            Assert.Equal(may, refusal is null);
            Assert.True(may || refusal!.Message.Contains("an administrator", StringComparison.Ordinal), refusal?.Message);
        }
    }

    [Fact]
    public async Task An_administrator_is_no_owner_of_a_room_that_has_one()
    {
        var room = Add(new TurnRights(), (Owner, RoomRole.Owner), (Other, RoomRole.Member));
        _people[Other] = Standing.Administrator;
        Assert.NotNull(await AskAsync(Other, RoomPermission.StopResponse, room, Asker));
        Assert.NotNull(await AskAsync(Other, RoomPermission.DecideToolCall, room, Asker));
    }

    [Fact]
    public async Task What_nobody_asked_is_every_members_where_nobody_owns_the_room_and_the_owners_elsewhere()
    {
        var clock = new Author(AuthorKind.Service, "clock", "Clock");
        var lobby = Add(new TurnRights(), RoomVisibility.Open);
        var owned = Add(new TurnRights(), (Owner, RoomRole.Owner), (Other, RoomRole.Member));
        foreach (var right in new[] { RoomPermission.StopResponse, RoomPermission.RetryResponse, RoomPermission.DecideToolCall })
        {
            Assert.Null((await Authorizer.AuthorizeAsync(Other, right, new AuthorizedResource(lobby) { Owner = clock }, default)));
            Assert.NotNull((await Authorizer.AuthorizeAsync(Other, right, new AuthorizedResource(owned) { Owner = clock }, default)));
        }
    }

    [Fact]
    public async Task A_new_choice_holds_for_the_next_question_about_it()
    {
        var room = Add(new TurnRights(), (Asker, RoomRole.Member), (Owner, RoomRole.Owner));
        Assert.Null(await AskAsync(Asker, RoomPermission.StopResponse, room, Asker));
        _rooms.OnRoomEvent(room, new RoomEvent.RoomChanged(RoomOf(room, new TurnRights { Stop = TurnPeople.Owners }, RoomVisibility.Private)));
        Assert.NotNull(await AskAsync(Asker, RoomPermission.StopResponse, room, Asker));
        // And it stays when members come and go.
        _rooms.OnRoomEvent(room, new RoomEvent.MemberSet(new RoomMember(Other.Id, RoomRole.Member, default), Owner.AsAuthor()));
        Assert.NotNull(await AskAsync(Asker, RoomPermission.StopResponse, room, Asker));
        _rooms.OnRoomEvent(room, new RoomEvent.MemberRemoved(Other.Id, Owner.AsAuthor()));
        Assert.NotNull(await AskAsync(Asker, RoomPermission.StopResponse, room, Asker));
    }

    private RoomAuthorizer Authorizer => new(_rooms, _people);

    private static Person Somebody(string name) => new(Guid.NewGuid(), name);

    private static (TurnPeople, TurnPeople, TurnPeople, TurnPeople) Values(TurnRights rights) => (rights.Ask, rights.Stop, rights.Regenerate, rights.Approve);

    private static TurnRights Rights(RoomPermission right, TurnPeople people) => right switch
    {
        RoomPermission.AskAssistant => new TurnRights { Ask = people },
        RoomPermission.StopResponse => new TurnRights { Stop = people },
        RoomPermission.RetryResponse => new TurnRights { Regenerate = people },
        _ => new TurnRights { Approve = people },
    };

    private static Room RoomOf(Guid id, TurnRights rights, RoomVisibility visibility) => new()
    {
        Id = id,
        Name = "Room",
        Visibility = visibility,
        Settings = new RoomSettings { Rights = rights },
        CreatedAt = default,
        LastActivityAt = default,
    };

    private Guid Add(TurnRights rights, params (Person Person, RoomRole Role)[] members) => Add(rights, RoomVisibility.Private, members);

    private Guid Add(TurnRights rights, RoomVisibility visibility, params (Person Person, RoomRole Role)[] members)
    {
        var id = Guid.NewGuid();
        _rooms.Add(RoomOf(id, rights, visibility), members.Select(m => new RoomMember(m.Person.Id, m.Role, default)));
        return id;
    }

    private async Task<RoomError?> AskAsync(Person who, RoomPermission right, Guid room, Person asker, Person? requestedBy = null) => await Authorizer.AuthorizeAsync(
        who, right, new AuthorizedResource(room) { Owner = asker.AsAuthor(), RequestedBy = requestedBy?.AsAuthor() }, default);

    /// <summary>Everybody has an account, unless the test says otherwise.</summary>
    private sealed class Roster : IPeople
    {
        private readonly Dictionary<Guid, Standing> _known = [];

        public event EventHandler<RightsChangedEventArgs>? Changed;

        public Standing this[Person person]
        {
            set
            {
                _known[person.Id] = value;
                Changed?.Invoke(this, new RightsChangedEventArgs(person.Id));
            }
        }

        public Standing StandingOf(Person person) => _known.GetValueOrDefault(person.Id, Standing.Registered);

        public string? NameOf(Guid personId) => null;

        public bool IsGone(Guid personId) => false;

        public Guid? FindByName(string name) => null;
    }
}
