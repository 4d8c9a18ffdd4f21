using BlazorChat.Accounts;
using BlazorChat.Rooms;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.HttpOverrides;

namespace BlazorChat.Web;

/// <summary>
/// What every request passes before anything of it is looked at: what trusted proxies say about it, the path that the pages are below, and
/// the checks of its host and its origin.
/// </summary>
internal static partial class Doors
{
    private static readonly PathString Circuit = "/_blazor";

    // How a page says that it is closed.
    private static readonly PathString Goodbye = "/_blazor/disconnect";

    // The first request of a connection.
    private static readonly PathString Negotiation = "/_blazor/negotiate";

    // A list of scripts that the framework's script reads first. It would report nothing if it could not read it.
    private static readonly PathString Initializers = "/_blazor/initializers";

    public static void AddDoors(this IServiceCollection services)
    {
        services.AddSingleton(provider => DoorOptions.Read(provider.GetRequiredService<IConfiguration>()));
        services.AddSingleton<OwnNames>();
        services.AddSingleton<Refusals>();
        services.AddSingleton<HostCheck>();
        services.AddSingleton<OriginCheck>();
        services.AddSingleton<JoinRate>();
        services.AddSingleton<PageBounds>();
        services.AddSingleton<CircuitBound>();
        services.AddSingleton<PersonAddresses>();
        services.AddSingleton<IPersonAddresses>(provider => provider.GetRequiredService<PersonAddresses>());
    }

    public static void UseDoors(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<DoorOptions>();
        if (options.HasOldSetting)
        {
            LogOldSetting(app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(Doors)));
        }

        app.UseTrustedProxies(options);
        app.Use(RedirectWithoutHost);
        if (options.PathBase.HasValue)
        {
            app.Use((context, next) => TakePathBase(context, options.PathBase, next));
        }

        app.Use(app.Services.GetRequiredService<HostCheck>().InvokeAsync);
        app.Use(app.Services.GetRequiredService<OriginCheck>().InvokeAsync);
        app.Use(AnswerHead);
    }

    /// <summary>Circuits are for people who have joined. Call this after authentication.</summary>
    public static void UseCircuitsForPeople(this WebApplication app)
    {
        var addresses = app.Services.GetRequiredService<PersonAddresses>();
        app.Use((context, next) =>
        {
            if (!IsCircuit(context.Request))
            {
                return next();
            }

            if (context.User.Identity?.IsAuthenticated == true)
            {
                if (PersonPrincipal.Find(context.User) is { } person)
                {
                    addresses.Add(person.Id, context.Connection.RemoteIpAddress);
                }

                return next();
            }

            // Not logged: a page whose person has left in another tab asks like this, too.
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            context.Response.ContentType = "text/plain; charset=utf-8";
            return context.Response.WriteAsync("Join first: only people who have joined can open a circuit.", context.RequestAborted);
        });
    }

    /// <summary>Bounds how fast pages and connections are asked for, and how many connections are open. Call this after authentication.</summary>
    public static void UsePageBounds(this WebApplication app)
    {
        var bounds = app.Services.GetRequiredService<PageBounds>();
        var refusals = app.Services.GetRequiredService<Refusals>();
        app.Use((context, next) =>
        {
            var isConnection = IsCircuit(context.Request) && !context.Request.Path.Equals(Goodbye, StringComparison.OrdinalIgnoreCase);
            if (!isConnection && context.GetEndpoint()?.Metadata.GetMetadata<ComponentTypeMetadata>() is null)
            {
                return next();
            }

            var (personId, address) = (PersonPrincipal.Find(context.User)?.Id, context.Connection.RemoteIpAddress);
            return !(isConnection && IsOfKnownConnection(context.Request)) && bounds.Load(personId, address) is { } refusal ? refusals.HaveWaitAsync(context, refusal)
                : !isConnection ? next()
                : bounds.Connect(personId, address, out var held) is { } full ? refusals.HaveWaitAsync(context, full)
                : held is null ? next()
                : HoldAsync(next, held);
        });

        static async Task HoldAsync(Func<Task> next, IDisposable held)
        {
            using (held)
            {
                await next().ConfigureAwait(false);
            }
        }
    }

    // All others make the server prepare a connection.
    private static bool IsOfKnownConnection(HttpRequest request) =>
        request.Query.ContainsKey("id") && !request.Path.Equals(Negotiation, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a request opens or uses a circuit.</summary>
    public static bool IsCircuit(HttpRequest request) =>
        request.Path.StartsWithSegments(Circuit, StringComparison.OrdinalIgnoreCase) && !request.Path.Equals(Initializers, StringComparison.OrdinalIgnoreCase);

    private static void UseTrustedProxies(this WebApplication app, DoorOptions options)
    {
        if (options.TrustedProxies.Count == 0 && !options.TrustsUnixSockets)
        {
            return;
        }

        var forwarded = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost,
            // As many as are trusted, one behind the other.
            ForwardLimit = null,
        };
        forwarded.KnownProxies.Clear();
        forwarded.KnownIPNetworks.Clear();
        foreach (var network in options.TrustedProxies)
        {
            forwarded.KnownIPNetworks.Add(network);
        }

        // The framework would believe every connection over a Unix socket.
        app.UseWhen(context => options.Trusts(context.Connection.RemoteIpAddress), branch =>
        {
            branch.Use((context, next) =>
            {
                // Afterwards the connection has the browser's address.
                context.Items[typeof(Doors)] = true;
                return next();
            });
            branch.UseForwardedHeaders(forwarded);
            branch.Use((context, next) =>
            {
                // Some proxies write HTTPS. Origins and addresses are compared in the usual form.
                context.Request.Scheme = context.Request.Scheme.ToLowerInvariant();
                return next();
            });
        });
    }

    /// <summary>Whether a request came through a trusted proxy.</summary>
    public static bool IsFromTrustedProxy(HttpContext context) => context.Items.ContainsKey(typeof(Doors));

    // Redirects within this server lose their host: behind a proxy that changes it, they would lead to an address that browsers cannot reach.
    private static Task RedirectWithoutHost(HttpContext context, Func<Task> next)
    {
        context.Response.OnStarting(static state =>
        {
            var (request, headers) = (((HttpContext)state).Request, ((HttpContext)state).Response.Headers);
            if (headers.Location.ToString() is not { Length: > 0 } location)
            {
                return Task.CompletedTask;
            }

            var own = $"{request.Scheme}://{request.Host.ToUriComponent()}/";
            if (location.StartsWith(own, StringComparison.OrdinalIgnoreCase) && !location.AsSpan(own.Length).StartsWith("/"))
            {
                headers.Location = location[(own.Length - 1)..];
            }

            return Task.CompletedTask;
        }, context);
        return next();
    }

    // The proxy may keep the path or take it off. Pages, redirects and cookies have it in either case.
    private static Task TakePathBase(HttpContext context, PathString pathBase, Func<Task> next)
    {
        var request = context.Request;
        var isBelow = request.Path.StartsWithSegments(pathBase, StringComparison.Ordinal, out var rest);
        if (isBelow && !rest.HasValue && (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)))
        {
            // Without the slash at its end, relative addresses on the page would lead elsewhere.
            context.Response.Redirect($"{pathBase.ToUriComponent()}/{request.QueryString.ToUriComponent()}");
            return Task.CompletedTask;
        }

        request.PathBase = pathBase;
        request.Path = isBelow ? rest : request.Path;
        return next();
    }

    // Pages answer only GET. Kestrel sends no body to a HEAD request, whatever the method says here.
    private static Task AnswerHead(HttpContext context, Func<Task> next)
    {
        if (HttpMethods.IsHead(context.Request.Method) && !context.Request.Path.StartsWithSegments(Circuit, StringComparison.OrdinalIgnoreCase))
        {
            context.Request.Method = HttpMethods.Get;
        }

        return next();
    }

    [LoggerMessage(LogLevel.Warning, "ASPNETCORE_FORWARDEDHEADERS_ENABLED has no effect, because it would believe anybody. Set TrustedProxies to the address of the reverse proxy instead.")]
    private static partial void LogOldSetting(ILogger logger);
}
