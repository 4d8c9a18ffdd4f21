using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Turns.Kernels;
using BlazorChat.Turns.Tools;
using BlazorChat.Turns;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.SemanticKernel;

namespace BlazorChat.Tests.Support;

/// <summary>Runs tools as a turn does, without a turn, on a clock of its own.</summary>
internal sealed class ToolBench : IAsyncDisposable
{
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private readonly ServiceProvider _services;
    private readonly List<string> _shown = [];
    private readonly List<DataPart> _data = [];

    public ToolBench(Action<IServiceCollection>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddProvider(Log).AddFilter("Microsoft.SemanticKernel", LogLevel.None));
        services.AddSingleton<TimeProvider>(Time);
        services.AddToolExecution();
        configure?.Invoke(services);
        _services = services.BuildServiceProvider(validateScopes: true);
        Kernel = AssistantKernel.Create(new FakeChatClient(), _services);
    }

    public FakeTimeProvider Time { get; } = new();

    public LogCapture Log { get; } = new();

    /// <summary>The kernel of an assistant whose model nobody answers for.</summary>
    public Kernel Kernel { get; }

    public IServiceProvider Services => _services;

    public ToolExecution Execution => _services.GetRequiredService<ToolExecution>();

    /// <summary>The preliminary results so far.</summary>
    public IReadOnlyList<string> Shown
    {
        get
        {
            lock (_shown)
            {
                return [.. _shown];
            }
        }
    }

    public IReadOnlyList<DataPart> Data
    {
        get
        {
            lock (_data)
            {
                return [.. _data];
            }
        }
    }

    /// <summary>How many things the last call said that its result has.</summary>
    public int? Count { get; private set; }

    public TokenCounts Tokens { get; private set; }

    /// <summary>Called with each preliminary result.</summary>
    public Action<string>? OnShown { get; set; }

    /// <summary>The rooms of an application, which calls read; null for none.</summary>
    public ChatHost? Host { get; set; }

    public ToolCallContext Call(string arguments = "{}", string name = "tool", string? timeZone = null, Guid? roomId = null, params string[] chain) => new()
    {
        RoomId = roomId ?? Guid.Parse("018f0000-0000-7000-8000-000000000001"),
        MessageId = Guid.Parse("018f0000-0000-7000-8000-000000000002"),
        CallId = "call-1",
        ToolName = name,
        Arguments = arguments,
        Assistant = new Author(AuthorKind.Assistant, "outer", "Outer"),
        Request = new TurnRequest(ChatHost.Ada.AsAuthor()) { TimeZone = timeZone },
        Readers = Host is null ? RoomReaders.Unknown
            : new RoomReaders(Host.App.Services.GetRequiredService<RoomAccessDirectory>(), Host.App.Services.GetRequiredService<IPeople>(), roomId!.Value, ChatHost.Ada.AsAuthor()),
        Chain = chain,
        DataSink = (data, _) =>
        {
            lock (_data)
            {
                _data.Add(data);
            }
        },
        PreliminarySink = text =>
        {
            lock (_shown)
            {
                _shown.Add(text);
            }

            OnShown?.Invoke(text);
        },
        CountSink = count => Count = count,
        UsageSink = counts => Tokens += counts,
    };

    public Task<ToolOutcome> RunAsync(ChatTool tool, string arguments = "{}", CancellationToken stop = default) =>
        Execution.RunAsync(tool, Call(arguments, tool.Name), Timeout, Kernel, stop).Soon();

    public Task<ToolOutcome> RunAsync(Delegate method, string arguments = "{}", CancellationToken stop = default) =>
        RunAsync(Tool(method), arguments, stop);

    public static ChatTool Tool(Delegate method, string name = "tool") => new(ChatFunctions.Create(method, name, "Does something."));

    public async ValueTask DisposeAsync() => await _services.DisposeAsync();
}

/// <summary>A function that is no method: it gets its arguments raw and returns what it likes.</summary>
internal sealed class RawFunction(string name, Func<AIFunctionArguments, CancellationToken, ValueTask<object?>> run) : AIFunction
{
    public override string Name => name;

    protected override ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken) => run(arguments, cancellationToken);
}
