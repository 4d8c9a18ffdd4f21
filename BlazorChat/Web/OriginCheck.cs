namespace BlazorChat.Web;

/// <summary>
/// Refuses requests that another site's page makes with a visitor's cookie. SameSite keeps other sites out, but not other
/// ports or subdomains of the same site, and a WebSocket asks nobody: a page there could open a circuit as the visitor.
/// </summary>
internal static class OriginCheck
{
    private static readonly PathString Circuit = "/_blazor";

    public static void UseOriginCheck(this WebApplication app) =>
        app.Use(static (context, next) =>
        {
            if (!IsFromElsewhere(context.Request))
            {
                return next(context);
            }

            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        });

    // Everything that changes something: circuits and posted forms. Pages may be linked to from anywhere.
    private static bool IsFromElsewhere(HttpRequest request)
    {
        if (!request.Path.StartsWithSegments(Circuit, StringComparison.OrdinalIgnoreCase) && (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)))
        {
            return false;
        }

        // Browsers say it themselves, whatever a proxy makes of the host's name; older ones send the origin alone.
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site.Length > 0)
        {
            return site is not ("same-origin" or "none");
        }

        var origin = request.Headers.Origin.ToString();
        return origin.Length > 0 && !(Uri.TryCreate(origin, UriKind.Absolute, out var from) && from.Authority == request.Host.Value);
    }
}
