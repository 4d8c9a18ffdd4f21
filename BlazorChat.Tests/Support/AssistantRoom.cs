using BlazorChat.Tests.Markdown;
using System.Collections.Immutable;
using System.Net;
using System.Text.RegularExpressions;
using BlazorChat.Live;
using BlazorChat.Markdown;
using BlazorChat.Messages;
using BlazorChat.Turns.Tools;
using BlazorChat.Rooms;
using BlazorChat.Tests.Assistants.Providers;
using BlazorChat.Turns.Prompts;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BlazorChat.Tests.Support;

/// <summary>
/// A room of the whole application as people run it, with assistants and tools of the test, and two people in it: Ada asks,
/// and Grace watches. Everything that is logged is kept.
/// </summary>
public sealed class AssistantRoom : IAsyncDisposable
{
    private int _asked;

    private AssistantRoom(ChatHost host, Room room, LogCapture log)
    {
        Host = host;
        Room = room;
        Log = log;
    }

    public ChatHost Host { get; }

    public Room Room { get; }

    public LogCapture Log { get; }

    /// <summary>What Grace sees.</summary>
    public RoomWatch Watch { get; private set; } = null!;

    /// <summary>Every text that Grace's page was given, frame by frame.</summary>
    public SeenText Seen { get; } = new();

    /// <summary>Starts it.</summary>
    /// <param name="settings">Settings as <c>--Key=Value</c>.</param>
    /// <param name="tools">Further tools.</param>
    public static Task<AssistantRoom> StartAsync(string[] settings, params ChatTool[] tools) => StartAsync(settings, _ => { }, tools);

    /// <summary>Starts it with last changes to its services.</summary>
    public static async Task<AssistantRoom> StartAsync(string[] settings, Action<WebApplicationBuilder> configure, params ChatTool[] tools)
    {
        var log = new LogCapture();
        // Contents at Trace are for who asks for them.
        var host = await ChatHost.StartConfiguredAsync(["--Logging:LogLevel:BlazorChat=Debug", .. settings], builder =>
        {
            builder.Logging.AddProvider(log);
            ModelWire.AddProviders(builder.Services);
            foreach (var tool in tools)
            {
                builder.Services.AddSingleton(tool);
            }

            configure(builder);
        });
        var room = await host.RoomAsync();
        await host.LetMembersAsync(room);
        var result = new AssistantRoom(host, room, log) { Watch = new RoomWatch() };
        RoomSubscription? grace = null;
        grace = (await host.Live.SubscribeAsync(ChatHost.Grace, room.Id, () =>
        {
            if (grace is not null)
            {
                result.Seen.Look(grace.Read());
            }

            result.Watch.Changed();
        }, default)).Value;
        result.Watch.Attach(grace);
        result.Seen.Look(grace.Read());
        return result;
    }

    /// <summary>The settings of an assistant.</summary>
    /// <param name="index">Its place in the configuration.</param>
    /// <param name="name">Its name.</param>
    /// <param name="protocol">The wire protocol that it speaks.</param>
    /// <param name="address">Where its server is.</param>
    /// <param name="more">Further settings as <c>Key=Value</c>.</param>
    public static string[] Assistant(int index, string name, string protocol, Uri address, params string[] more)
    {
        var item = $"--Assistants:Items:{index}:";
        var wire = ModelWire.Named(protocol);
        return
        [
            $"{item}Name={name}",
            $"{item}Provider={wire.Name}",
            $"{item}Model=test-model",
            $"{item}Endpoint={wire.Endpoint(address)}",
            $"{item}ApiKey={ModelWire.Secret}",
            .. wire.Protocol is { } one ? [$"{item}Protocol={one}"] : Array.Empty<string>(),
            $"{item}IdleTimeout=00:00:30",
            $"{item}RetryAttempts=0",
            $"{item}Recovery=Mark",
            .. more.Select(setting => item + setting),
        ];
    }

    /// <summary>Ada writes something that will be answered.</summary>
    public async Task AskAsync(string text)
    {
        _asked++;
        await Host.PostAsync(Room, text);
    }

    /// <summary>Ada writes something; the end of the response.</summary>
    public async Task<Message> AnswerAsync(string text)
    {
        await AskAsync(text);
        return await EndedAsync();
    }

    /// <summary>Waits until everything that was asked has been answered.</summary>
    public Task<Message> EndedAsync() => Watch.EndedAsync(_asked);

    /// <summary>Waits until the last response waits for people.</summary>
    public async Task<Message> AwaitingAsync() =>
        (await Watch.UntilAsync(s => s.Messages is [.., { Message.Status: MessageStatus.AwaitingPeople }])).Messages[^1].Message;

    /// <summary>Waits until a running response is seen as wanted.</summary>
    public async Task<ResponseFrame> FrameAsync(Func<ResponseFrame, bool> wanted)
    {
        ResponseFrame? seen = null;
        // Held on to: it may be another one a moment later.
        await Watch.UntilAsync(s => (seen = s.Running.Select(m => m.Live!.Frame).FirstOrDefault(wanted)) is not null);
        return seen!;
    }

    /// <summary>Ada decides about a call.</summary>
    public async Task<Result<Message>> DecideAsync(Message response, ToolCallPart call, bool isApproved, string? reason = null, Person? by = null) =>
        await Host.Responses.DecideAsync(by ?? ChatHost.Ada, Room.Id, response.Id, call.CallId, call.Arguments, isApproved, reason, default);

    /// <summary>What the assistant saw.</summary>
    public async Task<IReadOnlyList<SentStep>> SentAsync(Message response) =>
        (await Host.Responses.ReadSentAsync(ChatHost.Grace, Room.Id, response.Id, default)).Value;

    public async ValueTask DisposeAsync()
    {
        Watch.Dispose();
        await Host.DisposeAsync();
        Log.Dispose();
    }
}

/// <summary>What a viewer was shown, frame by frame, as text without markup.</summary>
public sealed partial class SeenText
{
    private readonly Lock _lock = new();
    private readonly List<string> _frames = [];

    public IReadOnlyList<string> Frames
    {
        get
        {
            lock (_lock)
            {
                return [.. _frames];
            }
        }
    }

    public void Look(RoomFrame room)
    {
        var text = string.Join('\n', room.Beyond.Concat(room.Messages).Select(m => m.Live is null
            ? string.Join('\n', m.Parts.Select(p => Text(p.Blocks) + CallText(p.Part)))
            : string.Join('\n', m.Live.Frame.Parts.Select(p => (p.Text is { } frame ? Text(frame.Closed) + OpenText(frame.Open) : "") + CallText(p.Part)))));
        lock (_lock)
        {
            if (_frames is not [.., var last] || last != text)
            {
                _frames.Add(text);
            }
        }
    }

    private static string CallText(MessagePart part) => part is ToolCallPart call ? $"{call.Name} {call.Arguments} {call.Result}" : "";

    private static string Text(ImmutableArray<MarkdownBlock> blocks) => string.Join('\n', blocks.Select(b => Plain(b.Html)));

    private static string OpenText(OpenBlock? open) => open switch
    {
        OpenMarkup markup => Plain(string.Concat(markup.Pieces())),
        OpenCode code => string.Concat(code.Chunks),
        _ => "",
    };

    private static string Plain(string html) => WebUtility.HtmlDecode(Tag().Replace(html, ""));

    [GeneratedRegex("<[^>]*>", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Tag();
}
