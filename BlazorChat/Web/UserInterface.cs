using BlazorChat.Accounts;
using BlazorChat.Components;
using BlazorChat.Components.Layout;
using BlazorChat.Components.Messages.Parts;
using BlazorChat.Components.Rooms;
using BlazorChat.Rooms;
using Microsoft.Extensions.Options;

namespace BlazorChat.Web;

/// <summary>Everything that people see: pages, circuits, joining, static files and the headers around them.</summary>
internal static class UserInterface
{
    // A message of 32,000 characters is at most 192 KB on its way: JSON writes the rarest ones (control characters) as
    // six bytes each. The rest is room for the call around it.
    private const long LargestHubMessage = 256 * 1024;

    // JSON's worst case; if the longest message grows, this must grow with it.
    private const int MostBytesPerCharacter = 6;

    public static IServiceCollection AddBlazorChatUi(this IServiceCollection services)
    {
        System.Diagnostics.Debug.Assert(RoomLimits.MessageLength * MostBytesPerCharacter < LargestHubMessage, "The hub refuses the longest message.");
        services.AddSection<WebOptions>(WebOptions.Section);
        services.AddSingleton<IValidateOptions<WebOptions>, WebOptionsValidator>();
        services.AddAccounts();
        services.AddSingleton<AssistantFaces>();
        services.AddDataPartRenderers();
        services.AddSingleton<BrowserCallClaims>();
        services.AddSingleton<RoomTools>();
        services.AddAntiforgery(options => options.Cookie.Name = "BlazorChat.Form");
        services.AddCircuits();
        services.AddRazorComponents().AddInteractiveServerComponents()
            .AddHubOptions(options => options.MaximumReceiveMessageSize = LargestHubMessage);
        InteropJson.Use(services);
        return services;
    }

    public static WebApplication MapBlazorChatUi(this WebApplication app)
    {
        // In Development as well: it handles exceptions before .NET's developer page does, so people see the same page everywhere.
        app.UseExceptionHandler("/error", createScopeForErrors: true);
        app.UseSecurityHeaders();
        app.UseStoppingRefusal();
        app.UseOriginCheck();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseAntiforgery();
        // What an operator adds to wwwroot after the build is not among the assets.
        app.UseStaticFiles();
        app.MapStaticAssets();
        app.MapAccounts();
        app.MapBlobs();
        app.MapRazorComponents<App>()
            // The policy of SecurityHeaders says it already.
            .AddInteractiveServerRenderMode(options => options.ContentSecurityFrameAncestorsPolicy = null);
        return app;
    }
}
