namespace BlazorChat.Web;

/// <summary>
/// Refuses requests that another origin's page makes with a visitor's cookie. SameSite keeps out other sites, but not other ports or
/// subdomains of the same site. WebSockets are not subject to the same-origin policy, so such a page could open a circuit as the visitor.
/// </summary>
internal sealed class OriginCheck(DoorOptions options, Refusals refusals)
{
    public Task InvokeAsync(HttpContext context, Func<Task> next)
    {
        var request = context.Request;
        // Checks everything that can change something: circuits and posted forms. Any site may link to pages.
        if (!Doors.IsCircuit(request) && (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)))
        {
            return next();
        }

        // This header is right even if a proxy changes the host's name. Older browsers, and all browsers over plain http, send only the origin.
        var site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site.Length > 0)
        {
            return site is "same-origin" or "none" ? next() : RefuseOtherAsync(context, "Refusal_AnotherSite");
        }

        var origin = request.Headers.Origin.ToString();
        if (origin.Length == 0)
        {
            return next();
        }

        return !Uri.TryCreate(origin, UriKind.Absolute, out var from) || !HasHost(from) ? RefuseOtherAsync(context, "Refusal_NoOrigin")
            : from.Scheme == request.Scheme && from.Authority.Equals(Authority(request), StringComparison.OrdinalIgnoreCase) ? next()
            : RefuseMismatchAsync(context, from);
    }

    private static bool HasHost(Uri origin) => origin.Host.Length > 0;

    // Without the scheme's own port, as browsers write the origin.
    private static string Authority(HttpRequest request) =>
        Uri.TryCreate($"{request.Scheme}://{request.Host.ToUriComponent()}", UriKind.Absolute, out var uri) ? uri.Authority : request.Host.ToUriComponent();

    private Task RefuseOtherAsync(HttpContext context, string reason) =>
        refusals.RefuseAsync(
            context,
            StatusCodes.Status403Forbidden,
            words => new RefusalText(words["Refusal_OtherOrigin"], words[reason], words["Refusal_NewTab"]));

    // Also what happens behind a proxy that changes the host or hides https: the two cannot be told apart.
    private Task RefuseMismatchAsync(HttpContext context, Uri origin)
    {
        var request = context.Request;
        var opened = Refusals.Shown(origin.GetLeftPart(UriPartial.Authority));
        var arrived = Refusals.Shown($"{request.Scheme}://{Authority(request)}");
        return refusals.RefuseAsync(
            context,
            StatusCodes.Status403Forbidden,
            words => new RefusalText(
                words["Refusal_OtherOrigin"],
                words["Refusal_OriginMismatch", opened, arrived],
                [
                    words["Refusal_FixHost"],
                    .. Doors.IsFromTrustedProxy(context) ? Array.Empty<string>() : [words["Refusal_TrustAndForward"]],
                    .. options.HasOldSetting ? [words["Refusal_OldSetting"]] : Array.Empty<string>(),
                ]));
    }
}
