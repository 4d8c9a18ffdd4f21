namespace BlazorChat.Web;

/// <summary>
/// Refuses requests that another origin's page makes with a visitor's cookie. SameSite keeps out other sites, but not other ports or
/// subdomains of the same site. WebSockets are not subject to the same-origin policy, so such a page could open a circuit as the visitor.
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

    // Checks everything that can change something: circuits and posted forms. Any site may link to pages.
    private static bool IsFromElsewhere(HttpRequest request)
    {
        if (!request.Path.StartsWithSegments(Circuit, StringComparison.OrdinalIgnoreCase) && (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)))
        {
            return false;
        }

        // This header is right even if a proxy changes the host's name. Older browsers send only the origin.
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site.Length > 0)
        {
            return site is not ("same-origin" or "none");
        }

        var origin = request.Headers.Origin.ToString();
        return origin.Length > 0 && !(Uri.TryCreate(origin, UriKind.Absolute, out var from) && from.Authority == request.Host.Value);
    }
}
