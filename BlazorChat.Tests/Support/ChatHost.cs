using BlazorChat.Replies;
using BlazorChat.Rooms;
using BlazorChat.Samples;
using BlazorChat.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BlazorChat.Tests.Support;

/// <summary>The whole application in this process, on a folder of its own, with models that the test drives.</summary>
public sealed class ChatHost : IAsyncDisposable
{
    private bool _ownsFolder;

    private readonly FakeResponders? _responders;

    private ChatHost(WebApplication app, string folder, bool ownsFolder, FakeResponders? responders)
    {
        App = app;
        Folder = folder;
        _ownsFolder = ownsFolder;
        _responders = responders;
    }

    public WebApplication App { get; }

    public string Folder { get; }

    public FakeResponders Responders => _responders ?? throw new InvalidOperationException("The assistants of this host are the configured ones.");

    /// <summary>The first assistant's model.</summary>
    public FakeChatClient Model => Responders.Clients[0];

    public RoomService Rooms => App.Services.GetRequiredService<RoomService>();

    public ReplyService Replies => App.Services.GetRequiredService<ReplyService>();

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
        StartAsync(configure, folder, settings, new FakeResponders(assistants is [] ? ["Demo"] : assistants));

    /// <summary>Starts it with the assistants that the settings configure, as people run it: nothing is replaced.</summary>
    public static Task<ChatHost> StartConfiguredAsync(string[] settings, Action<WebApplicationBuilder>? configure = null) =>
        StartAsync(configure ?? (_ => { }), null, settings, (FakeResponders?)null);

    /// <summary>Starts the samples, as people run them.</summary>
    public static Task<ChatHost> StartSamplesAsync(string[] settings, Action<WebApplicationBuilder>? configure = null) =>
        StartAsync(configure ?? (_ => { }), null, settings, (FakeResponders?)null, SamplesApp.CreateAsync);

    private static async Task<ChatHost> StartAsync(
        Action<WebApplicationBuilder> configure, string? folder, string[]? settings, FakeResponders? responders,
        Func<string[], Action<WebApplicationBuilder>?, Task<WebApplication>>? create = null)
    {
        var ownsFolder = folder is null;
        folder ??= Directory.CreateTempSubdirectory("blazorchat-").FullName;
        var app = await (create ?? BlazorChatApp.CreateAsync)(
            [$"--DataFolder={folder}", "--Rooms:MessagesPerMinute=60000", "--Rooms:MessageBurst=1000", .. settings ?? []],
            builder =>
            {
                builder.WebHost.UseUrls("http://127.0.0.1:0");
                builder.Logging.ClearProviders();
                if (responders is not null)
                {
                    builder.Services.AddSingleton<IResponders>(responders);
                }

                configure(builder);
            });
        await app.StartAsync();
        return new ChatHost(app, folder, ownsFolder, responders);
    }

    /// <summary>A new room.</summary>
    public async Task<Room> RoomAsync(string name = "Room") => (await Rooms.CreateAsync(Ada, name, default)).Value;

    /// <summary>Posts a message as somebody.</summary>
    public async Task<Message> PostAsync(Room room, string text, Person? by = null) =>
        (await Rooms.PostAsync(by ?? Ada, room.Id, Guid.NewGuid(), text, default)).Value;

    /// <summary>Follows a room.</summary>
    public async Task<RoomWatch> WatchAsync(Room room, Person? by = null)
    {
        var watch = new RoomWatch();
        watch.Attach((await Rooms.SubscribeAsync(by ?? Ada, room.Id, watch.Changed, default)).Value);
        return watch;
    }

    /// <summary>A context on the database, to see what is really stored.</summary>
    internal ChatDbContext OpenDatabase() => App.Services.GetRequiredService<IDbContextFactory<ChatDbContext>>().CreateDbContext();

    /// <summary>Stops it and starts it again on the same folder. This one is not to be used any more.</summary>
    public async Task<ChatHost> RestartAsync(Action<WebApplicationBuilder>? configure = null, string[]? settings = null)
    {
        await StopAsync();
        var again = await StartAsync(configure ?? (_ => { }), Folder, settings, _responders?.Again());
        again._ownsFolder = _ownsFolder;
        return again;
    }

    /// <summary>Starts it on a copy of its folder as a power cut at this moment would leave it. This one goes on, and hears nothing of it.</summary>
    /// <param name="change">Further settings of the assistants of the one that starts, or null for those of this one.</param>
    /// <param name="configure">Last changes to services.</param>
    /// <param name="settings">Settings as <c>--Key=Value</c>.</param>
    public async Task<ChatHost> CrashAsync(
        Func<Responder, Responder>? change = null, Action<WebApplicationBuilder>? configure = null, string[]? settings = null)
    {
        var copy = Directory.CreateTempSubdirectory("blazorchat-").FullName;
        foreach (var file in Directory.GetFiles(Folder, "blazorchat.db*"))
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }

        var responders = Responders.Again();
        responders.Change = change ?? responders.Change;
        var again = await StartAsync(configure ?? (_ => { }), copy, settings, responders);
        again._ownsFolder = true;
        return again;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (_ownsFolder)
        {
            Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
            Directory.Delete(Folder, recursive: true);
        }
    }

    private async Task StopAsync()
    {
        await App.StopAsync();
        await App.DisposeAsync();
    }
}

/// <summary>Assistants with a model each that the test drives.</summary>
public sealed class FakeResponders(string[] names) : IResponders
{
    public IReadOnlyList<FakeChatClient> Clients { get; } = [.. names.Select(_ => new FakeChatClient())];

    public IReadOnlyList<Author> All { get; } = [.. names.Select(n => new Author(AuthorKind.Assistant, n.ToLowerInvariant(), n))];

    /// <summary>The same assistants with new models, for another process.</summary>
    public FakeResponders Again() => new(names) { Change = Change, PromptTokens = PromptTokens };

    public int PromptTokens { get; set; } = 16_000;

    /// <summary>Further settings of every assistant.</summary>
    public Func<Responder, Responder> Change { get; set; } = static r => r;

    /// <summary>The id of an assistant that is not configured any more.</summary>
    public string? Gone { get; set; }

    public Responder? Find(string assistantId)
    {
        for (var i = 0; i < All.Count; i++)
        {
            if (All[i].Id == assistantId && assistantId != Gone)
            {
                return Change(new Responder(All[i], "Be brief.", PromptTokens, Clients[i]) { Provider = "Fake", Model = "fake", Recovery = RecoveryMode.Mark });
            }
        }

        return null;
    }
}
