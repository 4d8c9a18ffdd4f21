using BlazorChat.Live;
using BlazorChat.Markdown;
using BlazorChat.Messages;
using BlazorChat.Turns;
using BlazorChat.Turns.Tools;
using BlazorChat.Rooms;
using BlazorChat.Tests.Markdown;
using BlazorChat.Tests.Support;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Turns.Engine;

/// <summary>A room of the whole application with a viewer, in which a test drives an assistant that has tools.</summary>
internal sealed class TurnBench : IAsyncDisposable
{
    private readonly Action<IServiceCollection> _configure;

    private TurnBench(ChatHost host, Room room, RoomWatch watch, Action<IServiceCollection> configure)
    {
        Host = host;
        Room = room;
        Watch = watch;
        _configure = configure;
    }

    public ChatHost Host { get; private set; }

    public Room Room { get; }

    public RoomWatch Watch { get; private set; }

    public ResponseService Responses => Host.Responses;

    public static Task<TurnBench> StartAsync(params ChatTool[] tools) => StartAsync(static _ => { }, tools);

    public static Task<TurnBench> StartAsync(Action<IServiceCollection> configure, params ChatTool[] tools) => StartAsync(TestDatabase.Sqlite, configure, tools);

    /// <summary>The same, and asked over HTTP.</summary>
    public static Task<TurnBench> ListenAsync(TestDatabase database, params ChatTool[] tools) => StartAsync(database, static _ => { }, tools, ChatHost.Listening);

    private static async Task<TurnBench> StartAsync(TestDatabase database, Action<IServiceCollection> configure, ChatTool[] tools, params string[] settings)
    {
        void All(IServiceCollection services)
        {
            foreach (var tool in tools)
            {
                services.AddSingleton(tool);
            }

            configure(services);
        }

        var host = await ChatHost.StartAsync(database, b => All(b.Services), settings, "Demo", "Other");
        var room = await host.RoomAsync();
        await host.LetMembersAsync(room);
        return new TurnBench(host, room, await host.WatchAsync(room), All);
    }

    /// <summary>A tool of the server.</summary>
    public static ChatTool Tool(string name, Delegate method, ToolApprovalRule? needsApproval = null) =>
        new(ChatFunctions.Create(method, name, $"Does {name}.")) { NeedsApproval = needsApproval };

    /// <summary>A tool that needs a yes, and gives its argument back.</summary>
    public static ChatTool Careful(string name = "careful") => Tool(name, (string what) => $"did {what}", ChatTool.Always);

    /// <summary>A tool of the browser.</summary>
    public static ChatTool Browser(string name = "clipboard") =>
        new(AIFunctionFactory.Create(() => "", name).AsDeclarationOnly()) { Site = ToolSite.Browser };

    /// <summary>Asks, and gives the request that the model gets.</summary>
    public async Task<FakeAnswer> AskAsync(string text = "Go", Person? by = null, TurnRequest? request = null)
    {
        Assert.Null((await Host.Rooms.PostAsync(by ?? ChatHost.Ada, Room.Id, Guid.NewGuid(), text, default, request)).Error);
        return await Host.Model.NextAsync();
    }

    /// <summary>The newest response as it is stored.</summary>
    public async Task<Message> StoredAsync() =>
        (await Host.Live.ReadOlderAsync(ChatHost.Ada, Room.Id, long.MaxValue, default)).Value.Messages.Last(m => m.Message.Author.Kind == AuthorKind.Assistant).Message;

    /// <summary>Waits until the newest response waits for people.</summary>
    public Task<Message> PausedAsync() => UntilAsync(m => m.Status is MessageStatus.AwaitingPeople);

    /// <summary>Waits until the newest response is over.</summary>
    public Task<Message> EndedAsync() => UntilAsync(static m => m.Status.IsEnded);

    /// <summary>Waits until the newest response is as wanted.</summary>
    public async Task<Message> UntilAsync(Func<Message, bool> wanted) =>
        Newest(await Watch.UntilAsync(s => Newest(s) is { } newest && wanted(newest.Message)))!.Message;

    /// <summary>Waits until a viewer sees a call as wanted.</summary>
    public async Task<ToolCallPart> SeenAsync(string callId, Func<ToolCallPart, bool> wanted)
    {
        ToolCallPart? seen = null;
        // Held on to: it may be another one a moment later.
        await Watch.UntilAsync(s => (seen = Calls(s).LastOrDefault(c => c.CallId == callId && wanted(c))) is not null);
        return seen!;
    }

    /// <summary>Waits until a viewer sees the running response as these lines.</summary>
    public async Task SeenAsync(params string[] lines) => await Watch.UntilAsync(s => Newest(s) is { } newest && Lines(newest).SequenceEqual(lines));

    public Task<Result<Message>> DecideAsync(Person by, Message response, string callId, bool yes, string? reason = null) =>
        Responses.DecideAsync(by, Room.Id, response.Id, callId, response.Calls.Single(c => c.CallId == callId).Arguments, yes, reason, default);

    /// <summary>What a viewer sees of a response, running or ended, a line for each part.</summary>
    public static IReadOnlyList<string> Lines(MessageFrame message) => message.Live is { } live
        ? [.. live.Frame.Parts.Select(p => Line(p.Part, p.Text is null ? [] : Text(p.Text)))]
        : [.. message.Parts.Select(p => Line(p.Part, p.Blocks.Select(b => b.Html)))];

    /// <summary>The newest response of a room.</summary>
    public static MessageFrame? Newest(RoomFrame room) => room.Messages.LastOrDefault(m => m.Message.Author.Kind == AuthorKind.Assistant);

    /// <summary>Ends the process and begins another on the same folder.</summary>
    public async Task RestartAsync()
    {
        Watch.Dispose();
        Host = await Host.RestartAsync(b => _configure(b.Services));
        Watch = await Host.WatchAsync(Room);
    }

    /// <summary>The power goes; another process starts on what is on disk.</summary>
    public async Task CrashAsync()
    {
        Watch.Dispose();
        var crashed = Host;
        Host = await crashed.CrashAsync(configure: b => _configure(b.Services));
        await crashed.DisposeAsync();
        Watch = await Host.WatchAsync(Room);
    }

    public async ValueTask DisposeAsync()
    {
        Watch.Dispose();
        await Host.DisposeAsync();
    }

    private static IEnumerable<ToolCallPart> Calls(RoomFrame room) =>
        room.Messages.SelectMany(m => m.Live is { } live ? live.Frame.Parts.Select(p => p.Part) : m.Message.Parts).OfType<ToolCallPart>();

    private static IEnumerable<string> Text(MarkdownFrame frame) => frame.Closed.Select(b => b.Html).Concat(frame.Open switch
    {
        OpenMarkup markup => markup.Pieces(),
        OpenCode code => code.Chunks,
        _ => [],
    });

    private static string Line(MessagePart part, IEnumerable<string> html)
    {
        var text = string.Concat(html).Replace("<p dir=\"auto\">", "", StringComparison.Ordinal).Replace("</p>", "", StringComparison.Ordinal).Trim();
        return part switch
        {
            TextPart => $"text {text}",
            ReasoningPart => $"reasoning {text}",
            ToolCallPart call => $"call {call.Name} {call.State} {call.Result}".TrimEnd(),
            DataPart data => $"data {data.Type} {data.Json}",
            SourcePart source => $"source {source.Url}",
            ErrorPart error => $"error {error.Message}",
            _ => part.ToString(),
        };
    }
}
