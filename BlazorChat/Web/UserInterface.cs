using BlazorChat.Accounts;
using BlazorChat.Components;
using BlazorChat.Components.Layout;
using BlazorChat.Components.Messages.Parts;
using BlazorChat.Components.Rooms;
using BlazorChat.Rooms;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace BlazorChat.Web;

/// <summary>Registers and maps everything that people see: pages, circuits, joining, static files and their headers.</summary>
internal static class UserInterface
{
    // A message of 32,000 characters takes at most 192 KB on the wire: JSON writes the most expensive characters (control characters)
    // as six bytes each. The rest is room for the call around it.
    private const long LargestHubMessage = 256 * 1024;

    // JSON's worst case. The assertion below fails if the longest message outgrows the hub's limit.
    private const int MostBytesPerCharacter = 6;

    private const string ClientNoContext = "client_no_context_takeover";

    public static IServiceCollection AddBlazorChatUi(this IServiceCollection services)
    {
        System.Diagnostics.Debug.Assert(RoomLimits.MessageLength * MostBytesPerCharacter < LargestHubMessage, "The hub refuses the longest message.");
        services.AddSection<WebOptions>(WebOptions.Section);
        services.AddSingleton<IValidateOptions<WebOptions>, WebOptionsValidator>();
        services.AddSingleton<ServerLook>();
        services.AddDoors();
        services.AddAccounts();
        services.AddSingleton<AssistantFaces>();
        services.AddDataPartRenderers();
        services.AddSingleton<BrowserCallClaims>();
        services.AddSingleton<RoomTools>();
        services.AddAntiforgery(options =>
        {
            options.Cookie.Name = "BlazorChat.Form";
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        });
        services.AddCircuits();
        services.AddRazorComponents().AddInteractiveServerComponents()
            .AddHubOptions(options =>
            {
                options.MaximumReceiveMessageSize = LargestHubMessage;
                options.AddFilter<CircuitBound>();
            });
        InteropJson.Use(services);
        CircuitPlace.Use(services);
        return services;
    }

    public static WebApplication MapBlazorChatUi(this WebApplication app)
    {
        // In Development as well: this handles exceptions before .NET's developer page does, so people see the same page everywhere.
        app.UseExceptionHandler("/error", createScopeForErrors: true);
        app.UseSecurityHeaders();
        app.UseDoors();
        app.UseStoppingRefusal();
        // Here, because the doors change the path. Otherwise the framework would look for the page before them.
        app.UseRouting();
        app.UseAuthentication();
        app.UseCircuitsForPeople();
        app.UsePageBounds();
        app.UseAuthorization();
        app.UseAntiforgery();
        // MapStaticAssets does not know files that an operator adds to wwwroot after the build.
        app.UseStaticFiles();
        app.MapStaticAssets();
        app.MapAccounts();
        app.MapOpenId();
        app.MapBlobs();
        ServerLook.Map(app);
        app.MapRazorComponents<App>()
            .AddInteractiveServerRenderMode(options =>
            {
                // SecurityHeaders already sets frame-ancestors.
                options.ContentSecurityFrameAncestorsPolicy = null;
                options.ConfigureWebSocketAcceptContext = (context, socket) =>
                {
                    socket.DisableServerContextTakeover = true;
                    context.Request.Headers.SecWebSocketExtensions = WithoutClientContext(context.Request.Headers.SecWebSocketExtensions);
                    return Task.CompletedTask;
                };
            });
        return app;
    }

    // What a page remembers of what it sent takes the server a window of 32 KB for each page. A server may refuse that unasked (RFC 7692,
    // 7.1.1.2), but ASP.NET Core does so only for a page that offers it.
    internal static StringValues WithoutClientContext(StringValues offers) =>
        offers is [{ } offer] && offer.StartsWith("permessage-deflate", StringComparison.OrdinalIgnoreCase) && !offer.Contains(',', StringComparison.Ordinal)
            && !offer.Contains(ClientNoContext, StringComparison.OrdinalIgnoreCase)
            ? $"{offer}; {ClientNoContext}"
            : offers;
}
