using System.Text.Json;
using BlazorChat.Turns.Tools;
using BlazorChat.Web;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.FileProviders;

namespace BlazorChat.Samples;

/// <summary>A browser tool: declared here, run by <c>scripts/screen.js</c> in one tab of the asker.</summary>
public static class ScreenTool
{
    /// <summary>The tool's name, here and in the script.</summary>
    public const string Name = "get_screen_size";

    /// <summary>The path of the script. Pages load scripts only from their own server.</summary>
    public const string ScriptPath = "/screen.js";

    /// <summary>Creates the tool; register it as a singleton.</summary>
    public static ChatTool Create() =>
        new(AIFunctionFactory.CreateDeclaration(
            Name,
            "Gets the size of the browser window of the person who asked, in CSS pixels.",
            JsonElement.Parse("""{"type":"object","properties":{},"additionalProperties":false}"""),
            returnJsonSchema: null))
        {
            Title = "Measure the window",
            Verb = new ToolVerb("Measuring the window", "Measured the window"),
            Site = ToolSite.Browser,
            Source = "samples",
        };

    /// <summary>Serves the folder with the script, and adds the script to every page, in addition to those of the operator's settings.</summary>
    public static void AddScript(WebApplicationBuilder builder)
    {
        var folder = new PhysicalFileProvider(Path.Combine(AppContext.BaseDirectory, "scripts"));
        builder.Environment.WebRootFileProvider = new CompositeFileProvider(builder.Environment.WebRootFileProvider, folder);
        builder.Services.PostConfigure<WebOptions>(web => web.Scripts.Add(ScriptPath));
    }
}
