using System.Text.Json;
using System.Threading.Channels;
using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.Browser;

/// <summary>An OpenAI-compatible server whose answers a test speaks while a real application streams them into real browsers.</summary>
public sealed class LiveModel : IAsyncDisposable
{
    // More than any test asks for: a request without a script would be refused.
    private const int MostAnswers = 500;

    private readonly ModelStub _stub;
    private readonly Channel<LiveAnswer> _answers = Channel.CreateUnbounded<LiveAnswer>();

    private LiveModel(ModelStub stub)
    {
        _stub = stub;
        for (var i = 0; i < MostAnswers; i++)
        {
            stub.Enqueue(async exchange =>
            {
                var response = new LiveAnswer(exchange);
                await exchange.StartStreamAsync();
                _answers.Writer.TryWrite(response);
                await response.RunAsync();
            });
        }
    }

    /// <summary>What makes an application use it.</summary>
    public Dictionary<string, string> Environment => new(StringComparer.Ordinal)
    {
        ["OPENAI_API_KEY"] = "not-a-secret",
        ["OPENAI_BASE_URL"] = new Uri(_stub.Address, "v1").ToString(),
        ["OPENAI_MODEL"] = "stub",
        ["Assistants__Items__0__Name"] = "Demo",
        ["Assistants__Items__0__RetryAttempts"] = "0",
        ["Assistants__Items__0__Recovery"] = "Mark",
    };

    public static async Task<LiveModel> StartAsync() => new(await ModelStub.StartAsync());

    /// <summary>The next response that was asked for.</summary>
    public async Task<LiveAnswer> NextAsync() => await _answers.Reader.ReadAsync().AsTask().Soon();

    public ValueTask DisposeAsync() => _stub.DisposeAsync();
}

/// <summary>One response, spoken by a test.</summary>
public sealed class LiveAnswer(StubExchange exchange)
{
    private readonly Channel<string?> _events = Channel.CreateUnbounded<string?>();

    /// <summary>Done when the application has hung up.</summary>
    public Task Closed => exchange.Closed;

    /// <summary>What was sent to the model.</summary>
    public string Request => exchange.Body;

    public LiveAnswer Say(string text)
    {
        _events.Writer.TryWrite($$"""data: {"id":"a","object":"chat.completion.chunk","created":1,"model":"stub","choices":[{"index":0,"delta":{"role":"assistant","content":{{JsonSerializer.Serialize(text)}}},"finish_reason":null}]}""" + "\n\n");
        return this;
    }

    public void Finish(string? text = null)
    {
        if (text is not null)
        {
            Say(text);
        }

        _events.Writer.TryWrite("""data: {"id":"a","object":"chat.completion.chunk","created":1,"model":"stub","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""" + "\n\ndata: [DONE]\n\n");
        _events.Writer.TryComplete();
    }

    /// <summary>Calls a tool, and ends.</summary>
    public void Call(string id, string name, string arguments)
    {
        _events.Writer.TryWrite($$$"""data: {"id":"a","object":"chat.completion.chunk","created":1,"model":"stub","choices":[{"index":0,"delta":{"role":"assistant","tool_calls":[{"index":0,"id":"{{{id}}}","type":"function","function":{"name":"{{{name}}}","arguments":{{{JsonSerializer.Serialize(arguments)}}}}}]},"finish_reason":null}]}""" + "\n\n");
        _events.Writer.TryWrite("""data: {"id":"a","object":"chat.completion.chunk","created":1,"model":"stub","choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}""" + "\n\ndata: [DONE]\n\n");
        _events.Writer.TryComplete();
    }

    /// <summary>Breaks the connection.</summary>
    public void Break() => exchange.Reset();

    internal async Task RunAsync()
    {
        using var gone = new CancellationTokenSource();
        _ = exchange.Closed.ContinueWith(_ => gone.CancelAsync(), TaskScheduler.Default);
        try
        {
            await foreach (var text in _events.Reader.ReadAllAsync(gone.Token))
            {
                await exchange.WriteAsync(text!);
            }
        }
        catch (OperationCanceledException)
        {
            // The application hung up; that is what Closed says.
        }
    }
}
