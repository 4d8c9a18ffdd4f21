using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Turns;
using BlazorChat.Live;
using BlazorChat.Rooms;
using BlazorChat.Samples;
using BlazorChat.Storage;
using BlazorChat.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BlazorChat.Tests.Support;

/// <summary>The whole application in this process, on a folder of its own, with models that the test drives.</summary>
public sealed class ChatHost : IAsyncDisposable
{
    /// <summary>A setting of hosts that are asked over HTTP. Others have no pages, and start sooner.</summary>
    public const string Listening = "--urls=http://127.0.0.1:0";

    private readonly FakeAssistants? _assistants;

    private readonly IReadOnlyDictionary<string, string> _settings;

    // What goes away with this host, or null when somebody goes on with it.
    private TestData? _data;

    private ChatHost(WebApplication app, IReadOnlyDictionary<string, string> settings, TestData? data, FakeAssistants? assistants)
    {
        App = app;
        _settings = settings;
        _data = data;
        _assistants = assistants;
    }

    public WebApplication App { get; }

    public string Folder => _settings["DataFolder"];

    /// <summary>The database that this host was started on without being given one.</summary>
    public TestData Data => _data ?? throw new InvalidOperationException("Its database is somebody else's.");

    public FakeAssistants Assistants => _assistants ?? throw new InvalidOperationException("The assistants of this host are the configured ones.");

    /// <summary>The first assistant's model.</summary>
    public FakeChatClient Model => Assistants.Clients[0];

    public RoomService Rooms => App.Services.GetRequiredService<RoomService>();

    public LiveRooms Live => App.Services.GetRequiredService<LiveRooms>();

    public ResponseService Responses => App.Services.GetRequiredService<ResponseService>();

    public static Person Ada { get; } = new(Guid.Parse("018f0000-0000-7000-8000-00000000000a"), "Ada");

    public static Person Grace { get; } = new(Guid.Parse("018f0000-0000-7000-8000-00000000000b"), "Grace");

    /// <summary>Starts it.</summary>
    /// <param name="folder">A data folder to go on with, or null for a fresh one that goes away with the host.</param>
    /// <param name="settings">Settings as <c>--Key=Value</c>.</param>
    /// <param name="assistants">Names of the assistants; one named Demo by default.</param>
    public static Task<ChatHost> StartAsync(string? folder = null, string[]? settings = null, params string[] assistants) =>
        StartAsync(_ => { }, folder, settings, assistants);

    /// <summary>Starts it with last changes to its services.</summary>
    public static Task<ChatHost> StartAsync(
        Action<WebApplicationBuilder> configure, string? folder = null, string[]? settings = null, params string[] assistants) =>
        StartAsync(configure, OfFolder(folder), settings, new FakeAssistants(assistants is [] ? ["Demo"] : assistants));

    /// <summary>Starts it on a fresh database of a kind, which goes away with the host.</summary>
    public static Task<ChatHost> StartAsync(TestDatabase database, string[]? settings = null, params string[] assistants) =>
        StartAsync(database, _ => { }, settings, assistants);

    /// <inheritdoc cref="StartAsync(TestDatabase, string[], string[])"/>
    public static async Task<ChatHost> StartAsync(TestDatabase database, Action<WebApplicationBuilder> configure, string[]? settings = null, params string[] assistants)
    {
        var data = await TestData.CreateMigratedAsync(database);
        var host = await StartAsync(data, configure, settings, assistants);
        host._data = data;
        return host;
    }

    /// <summary>Starts it on a database to go on with.</summary>
    public static Task<ChatHost> StartAsync(TestData data, Action<WebApplicationBuilder>? configure = null, string[]? settings = null, params string[] assistants) =>
        StartAsync(configure ?? (_ => { }), data.Settings, settings, new FakeAssistants(assistants is [] ? ["Demo"] : assistants));

    /// <summary>Starts it with the assistants that the settings configure, as people run it: nothing is replaced.</summary>
    public static Task<ChatHost> StartConfiguredAsync(string[] settings, Action<WebApplicationBuilder>? configure = null) =>
        StartAsync(configure ?? (_ => { }), null, settings, (FakeAssistants?)null);

    /// <summary>Starts the samples, as people run them.</summary>
    public static Task<ChatHost> StartSamplesAsync(string[] settings, Action<WebApplicationBuilder>? configure = null) =>
        StartAsync(configure ?? (_ => { }), null, settings, (FakeAssistants?)null, SamplesApp.CreateAsync);

    private static Dictionary<string, string>? OfFolder(string? folder) =>
        folder is null ? null : new Dictionary<string, string>(StringComparer.Ordinal) { ["DataFolder"] = folder };

    private static async Task<ChatHost> StartAsync(
        Action<WebApplicationBuilder> configure, IReadOnlyDictionary<string, string>? database, string[]? settings, FakeAssistants? assistants,
        Func<string[], Action<WebApplicationBuilder>?, Task<WebApplication>>? create = null)
    {
        var data = database is null ? await TestData.CreateMigratedAsync(TestDatabase.Sqlite) : null;
        database ??= data!.Settings;
        create ??= (args, change) => BlazorChatApp.CreateAsync(args, change, hasPages: settings?.Contains(Listening, StringComparer.Ordinal) == true);
        var app = await create(
            [.. database.Select(s => $"--{s.Key}={s.Value}"), "--Rooms:MessagesPerMinute=60000", "--Rooms:MessageBurst=1000", "--Rooms:MaxPerPerson=1000", "--Rooms:NewRooms=OpenToGuests", .. settings ?? []],
            builder =>
            {
                builder.WebHost.UseUrls("http://127.0.0.1:0");
                builder.Logging.ClearProviders();
                Passwords.HashQuickly(builder.Services);
                if (assistants is not null)
                {
                    builder.Services.AddSingleton<IAssistants>(assistants);
                }

                configure(builder);
            });
        await app.StartAsync();
        return new ChatHost(app, database, data, assistants);
    }

    /// <summary>Makes somebody known to the server: a guest, or an account without a password.</summary>
    internal Task AddPersonAsync(Person person, Standing standing = Standing.Guest) => AddPersonAsync(App.Services, person, standing);

    /// <inheritdoc cref="AddPersonAsync(Person, Standing)"/>
    internal static Task AddPersonAsync(IServiceProvider services, Person person, Standing standing) =>
        services.GetRequiredService<PeopleStore>().ChangeAsync(change =>
        {
            change.Add(new PersonRow { Id = person.Id, Name = person.Name, NameKey = NameKeys.Of(person.Name), Standing = standing, SeenAt = services.GetRequiredService<TimeProvider>().GetUtcNow() });
            return Task.FromResult(true);
        }, default);

    /// <summary>A new room.</summary>
    public async Task<Room> RoomAsync(string name = "Room") => (await Rooms.CreateAsync(Ada, name, default)).Value;

    /// <summary>Lets everybody who may write in a room stop answers and have them written again.</summary>
    public async Task LetMembersAsync(Room room) => Assert.Null(
        (await Rooms.ChangeAsync(Ada, room.Id, null, new RoomSettingsChange { Stop = TurnPeople.Members, Regenerate = TurnPeople.Members }, default)).Error);

    /// <summary>Posts a message as somebody.</summary>
    public async Task<Message> PostAsync(Room room, string text, Person? by = null) =>
        (await Rooms.PostAsync(by ?? Ada, room.Id, Guid.NewGuid(), text, default)).Value;

    /// <summary>Follows a room.</summary>
    public async Task<RoomWatch> WatchAsync(Room room, Person? by = null)
    {
        var watch = new RoomWatch();
        watch.Attach((await Live.SubscribeAsync(by ?? Ada, room.Id, watch.Changed, default)).Value);
        return watch;
    }

    /// <summary>A context on the database, to see what is really stored.</summary>
    internal ChatDbContext OpenDatabase() => App.Services.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContext();

    /// <summary>Stops it and starts it again on the same database. This one is not to be used any more.</summary>
    public async Task<ChatHost> RestartAsync(Action<WebApplicationBuilder>? configure = null, string[]? settings = null)
    {
        await StopAsync();
        var again = await StartAsync(configure ?? (_ => { }), _settings, settings, _assistants?.Again());
        again._data = _data;
        return again;
    }

    /// <summary>Starts it on a copy of its database as a power cut at this moment would leave it. This one goes on, and hears nothing of it.</summary>
    /// <param name="change">Further settings of the assistants of the one that starts, or null for those of this one.</param>
    /// <param name="configure">Last changes to services.</param>
    /// <param name="settings">Settings as <c>--Key=Value</c>.</param>
    public async Task<ChatHost> CrashAsync(
        Func<Assistant, Assistant>? change = null, Action<WebApplicationBuilder>? configure = null, string[]? settings = null)
    {
        var copy = await Data.CopyAsync();
        var assistants = Assistants.Again();
        assistants.Change = change ?? assistants.Change;
        var again = await StartAsync(configure ?? (_ => { }), copy.Settings, settings, assistants);
        again._data = copy;
        return again;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (_data is not null)
        {
            await _data.DisposeAsync();
        }
    }

    private async Task StopAsync()
    {
        await App.StopAsync();
        await App.DisposeAsync();
    }
}

/// <summary>Assistants with a model each that the test drives.</summary>
public sealed class FakeAssistants(string[] names) : IAssistants
{
    public IReadOnlyList<FakeChatClient> Clients { get; } = [.. names.Select(_ => new FakeChatClient())];

    public IReadOnlyList<Assistant> All => [.. Clients.Select((client, i) => Of(client, names[i]))];

    /// <summary>The same assistants with new models, for another process.</summary>
    public FakeAssistants Again() => new(names) { Change = Change, PromptTokens = PromptTokens };

    public int PromptTokens { get; set; } = 16_000;

    /// <summary>Further settings of every assistant.</summary>
    public Func<Assistant, Assistant> Change { get; set; } = static r => r;

    /// <summary>The id of an assistant that is not configured any more.</summary>
    public string? Gone { get; set; }

    public Assistant? Find(string assistantId) =>
        Array.FindIndex(names, n => n.Equals(assistantId, StringComparison.OrdinalIgnoreCase)) is var i and >= 0 && assistantId != Gone ? Of(Clients[i], names[i]) : null;

    private Assistant Of(FakeChatClient client, string name) => Change(
        new Assistant(new Author(AuthorKind.Assistant, name.ToLowerInvariant(), name), "Be brief.", PromptTokens, client)
        {
            Provider = "Fake",
            Model = "fake",
            Recovery = RecoveryMode.Mark,
        });
}
