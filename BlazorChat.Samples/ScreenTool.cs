using System.Text.Json;
using BlazorChat.Replies.Tools;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.FileProviders;

namespace BlazorChat.Samples;

/// <summary>A client tool: declared here, run by <c>scripts/screen.js</c> in one tab of who asked.</summary>
public static class ScreenTool
{
    /// <summary>The tool's name, here and in the script.</summary>
    public const string Name = "get_screen_size";

    /// <summary>Where scripts are served.</summary>
    public const string ScriptsPath = "/samples";

    /// <summary>Makes the tool, to be registered as a singleton.</summary>
    public static ChatTool Create() =>
        new(AIFunctionFactory.CreateDeclaration(
            Name,
            "Gets the size of the browser window of the person who asked, in CSS pixels.",
            JsonElement.Parse("""{"type":"object","properties":{},"additionalProperties":false}"""),
            returnJsonSchema: null))
        {
            Site = ToolSite.Browser,
            Source = "samples",
        };

    /// <summary>Serves the scripts: the page takes scripts from its own host alone.</summary>
    public static void MapScripts(WebApplication app) =>
        app.UseStaticFiles(new StaticFileOptions
        {
            FileProvider = new PhysicalFileProvider(Path.Combine(AppContext.BaseDirectory, "scripts")),
            RequestPath = ScriptsPath,
        });
}
