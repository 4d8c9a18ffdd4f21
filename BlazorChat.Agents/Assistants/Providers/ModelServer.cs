using System.Net;
using BlazorChat.Assistants.Providers.Requests;
using BlazorChat.Assistants.Providers.Streams;

namespace BlazorChat.Assistants.Providers;

/// <summary>The connection of one assistant to its model's server, below the provider's library.</summary>
internal sealed class ModelServer : IDisposable
{
    private ModelServer(HttpClient http, RequestForm form)
    {
        Http = http;
        Form = form;
    }

    /// <summary>The client. It has no timeout: the guard handles timeouts.</summary>
    public HttpClient Http { get; }

    /// <summary>The form in which the server takes requests.</summary>
    public RequestForm Form { get; }

    /// <summary>Creates a connection.</summary>
    /// <param name="options">The assistant.</param>
    /// <param name="protocol">Its server's protocol; null if the server sends no events.</param>
    /// <param name="time">The clock that a <c>Retry-After</c> date is compared with.</param>
    /// <param name="loggers">Creates the logger for what the server refuses.</param>
    /// <param name="network">Sends requests; null for the network.</param>
    public static ModelServer Connect(AssistantOptions options, ModelProtocol? protocol, TimeProvider time, ILoggerFactory loggers, HttpMessageHandler? network = null)
    {
        network ??= new SocketsHttpHandler
        {
            // A redirect would send the key to an address that no one configured.
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.All,
            ConnectTimeout = TimeSpan.FromSeconds(15),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),

            // When a response is abandoned between two reads, the handler first drains it to keep the connection: two seconds by default,
            // in which the provider continues to write. The end of a finished response needs no more than this.
            ResponseDrainTimeout = TimeSpan.FromMilliseconds(50),
        };
        var form = new RequestForm(options.RequestRules);
        var logger = loggers.CreateLogger<ModelServer>();
        var handler = new ProviderHttpHandler(protocol, time, count => RequestLog.Unreadable(logger, options.Id, count))
        {
            InnerHandler = new RequestFormHandler(form, options.Id, logger) { InnerHandler = network },
        };
        var http = new HttpClient(handler)
        {
            Timeout = Timeout.InfiniteTimeSpan,

            // For a response that is read as a whole: the same limit as for one line of a stream.
            MaxResponseContentBufferSize = MendedStream.MaxLineBytes,
        };
        return new ModelServer(http, form);
    }

    /// <inheritdoc/>
    public void Dispose() => Http.Dispose();
}
