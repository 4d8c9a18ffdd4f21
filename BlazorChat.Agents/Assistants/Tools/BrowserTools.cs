using System.Text.Json;
using BlazorChat.Turns.Tools;
using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants.Tools;

/// <summary>The tools that run in the asker's browser. Only declarations: the code is in the page.</summary>
internal static class BrowserTools
{
    private const string NoParameters = """{"type":"object","properties":{},"additionalProperties":false}""";

    public static IReadOnlyList<ChatTool> All { get; } =
    [
        Declare(
            "get_time_zone",
            "Look up the time zone",
            new ToolVerb("Looking up the time zone", "Looked up the time zone"),
            "Gets the IANA time zone of the browser of the person who asked.",
            NoParameters),
        Declare(
            "get_location",
            "Look up the location",
            new ToolVerb("Looking up the location", "Looked up the location"),
            "Gets where the device of the person who asked is: latitude, longitude and accuracy in meters. Their browser asks them first, and they may refuse.",
            NoParameters),
        Declare(
            "read_clipboard",
            "Read the clipboard",
            new ToolVerb("Reading the clipboard", "Read the clipboard"),
            "Reads the text in the clipboard of the person who asked. Their browser may ask them first, and they may refuse.",
            NoParameters),
        Declare(
            "write_clipboard",
            "Copy text to the clipboard",
            new ToolVerb("Copying text to the clipboard", "Copied text to the clipboard"),
            "Puts text into the clipboard of the person who asked.",
            """{"type":"object","properties":{"text":{"type":"string","description":"The text.","maxLength":16000}},"required":["text"],"additionalProperties":false}"""),
        Declare(
            "get_page_language",
            "Look up the language",
            new ToolVerb("Looking up the language", "Looked up the language"),
            "Gets the language of the page of the person who asked, and those that their browser prefers (BCP 47).",
            NoParameters),
    ];

    private static ChatTool Declare(string name, string title, ToolVerb verb, string description, string schema) =>
        new(AIFunctionFactory.CreateDeclaration(name, description, JsonElement.Parse(schema), returnJsonSchema: null))
        {
            Title = title,
            Verb = verb,
            Site = ToolSite.Browser,
            Source = BuiltInTools.Source,
        };
}
