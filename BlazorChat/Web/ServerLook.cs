using System.Net;
using BlazorChat.Components;
using BlazorChat.Rooms;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Options;

namespace BlazorChat.Web;

/// <summary>What this server is called and looks like (<see cref="WebOptions.Name"/>, <see cref="WebOptions.Logo"/>, <see cref="WebOptions.Accent"/>).</summary>
public sealed class ServerLook
{
    private const string LogoRoute = "logo";

    private readonly string? _logoFile;

    /// <summary>Reads the settings, which are valid.</summary>
    public ServerLook(IOptions<WebOptions> options, IWebHostEnvironment environment)
    {
        var web = options.Value;
        Name = web.Name;
        if (web.Logo is { } logo && ServerLogo.TypeOf(logo) is { } type)
        {
            var isAsset = ServerLogo.IsAsset(logo, environment);
            _logoFile = isAsset ? null : ServerLogo.PathOf(logo, environment);
            var address = isAsset ? logo.TrimStart('/') : LogoRoute;
            // Always there, for what is beside a name as for what is above a form.
            var markup = $"""<span class="logo" aria-hidden="true"><img src="{WebUtility.HtmlEncode(address)}" alt=""></span>""";
            Logo = builder => builder.AddMarkup(0, markup);
            Icon = type is "image/svg+xml" or "image/png" ? (address, type) : null;
        }

        var brand = WebUtility.HtmlEncode(Name);
        Brand = builder =>
        {
            Logo(builder);
            builder.AddMarkup(1, brand);
        };
        Accent = AccentColor.Find(web.Accent);
    }

    /// <summary>The server's name.</summary>
    public string Name { get; }

    /// <summary>Its logo, for use beside a name or above a form.</summary>
    public RenderFragment Logo { get; } = Components.Layout.Icons.Logo;

    /// <summary>Its logo and name.</summary>
    public RenderFragment Brand { get; }

    /// <summary>The address and type of the icon of its pages; null for the application's own.</summary>
    public (string Address, string Type)? Icon { get; }

    /// <summary>The color of its accent; null for the application's own.</summary>
    public AccentColor? Accent { get; }

    /// <summary>The title of a page.</summary>
    public string Title(string page) => $"{page} – {Name}";

    /// <summary>The address of the styles of an accent.</summary>
    /// <param name="color">See <see cref="AccentColor.Chosen"/>.</param>
    internal static string StylesOf(string color) => $"accent/{color.TrimStart('#')}.css";

    /// <summary>Maps the styles of accents, and the logo if it is no asset.</summary>
    internal static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/accent/{file}", (string file, HttpContext context) =>
        {
            if (!file.EndsWith(".css", StringComparison.Ordinal) || AccentColor.Find(file[..^4]) is not { } color)
            {
                return Results.NotFound();
            }

            // As a file: the policy forbids styles in the page. The same for everyone, so that it can be kept.
            context.Response.Headers.CacheControl = "public, max-age=86400";
            return Results.Text(
                $$"""
                :root {
                  --accent: light-dark({{color.Light}}, {{color.Dark}});
                  --accent-strong: light-dark({{color.StrongLight}}, {{color.StrongDark}});
                  --accent-soft: light-dark({{color.SoftLight}}, {{color.SoftDark}});
                  --on-accent: light-dark({{color.OnLight}}, {{color.OnDark}});
                  --focus: light-dark({{color.Light}}, {{color.StrongDark}});
                }

                """,
                "text/css; charset=utf-8");
        }).AllowAnonymous();
        if (endpoints.ServiceProvider.GetRequiredService<ServerLook>()._logoFile is { } logo)
        {
            endpoints.MapGet("/" + LogoRoute, (HttpContext context) =>
            {
                context.Response.Headers.CacheControl = "public, max-age=3600";
                return Results.File(logo, ServerLogo.TypeOf(logo));
            }).AllowAnonymous();
        }
    }
}

/// <summary>Where the file of <see cref="WebOptions.Logo"/> is.</summary>
internal static class ServerLogo
{
    private const long MostBytes = 1 << 20;

    /// <summary>The media type of a file, by its ending; null if it is no picture that browsers show.</summary>
    public static string? TypeOf(string logo) => Path.GetExtension(logo).ToUpperInvariant() switch
    {
        ".SVG" => "image/svg+xml",
        ".PNG" => "image/png",
        ".WEBP" => "image/webp",
        ".JPG" or ".JPEG" => "image/jpeg",
        _ => null,
    };

    /// <summary>Whether it is a file in <c>wwwroot</c>.</summary>
    public static bool IsAsset(string logo, IWebHostEnvironment environment) => logo is ['/', not '/', ..] && environment.WebRootFileProvider.GetFileInfo(logo).Exists;

    /// <summary>The path of a file that is not in <c>wwwroot</c>.</summary>
    public static string PathOf(string logo, IWebHostEnvironment environment) => Path.Combine(environment.ContentRootPath, logo);

    /// <summary>What is wrong with the setting; null if nothing is.</summary>
    public static string? Check(string logo, IWebHostEnvironment environment) =>
        TypeOf(logo) is null ? "must be the path of an SVG, PNG, WebP or JPEG file."
        : IsAsset(logo, environment) ? null
        : new FileInfo(PathOf(logo, environment)) is not { Exists: true } file ? "names a file that is neither in wwwroot nor on this computer."
        : file.Length > MostBytes ? "names a file of more than 1 MB, which every page would load."
        : null;
}
