namespace BlazorChat.Web;

/// <summary>
/// Adds headers that limit pages to content from this server: no inline scripts or styles, nothing from other hosts, no framing.
/// Everything in wwwroot and Components is written to work with them.
/// </summary>
internal static class SecurityHeaders
{
    // The style sheets' carets and chevrons are data: images. 'self' in connect-src covers the circuit's WebSocket.
    private const string ContentSecurityPolicy =
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; "
        + "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    // Allows what tools in the asker's browser use (wwwroot/js/tools) after the page or the browser has asked the person.
    private const string PermissionsPolicy =
        "accelerometer=(), camera=(), clipboard-read=(self), clipboard-write=(self), display-capture=(), geolocation=(self), gyroscope=(), "
        + "magnetometer=(), microphone=(), payment=(), usb=()";

    // What one-time links have their token in; and the page where somebody signs in first has an invite's link in its return address.
    private static readonly string[] SecretParameters = ["invitation", "returnUrl", "token"];

    public static IApplicationBuilder UseSecurityHeaders(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = HasSecretAddress(context.Request) ? "strict-origin" : "same-origin";
        headers["Permissions-Policy"] = PermissionsPolicy;
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        return next(context);
    });

    // The last part of an invite's link lets people in. What pages with a secret in their address request is told no more than this server's
    // name. No page may have "no-referrer": its forms would come from no origin, and be refused.
    private static bool HasSecretAddress(HttpRequest request) =>
        request.Path.Value?.Contains("/invite/", StringComparison.OrdinalIgnoreCase) == true || Array.Exists(SecretParameters, request.Query.ContainsKey);
}
