using System.Runtime.CompilerServices;
using BlazorChat.Assistants.Tools;
using BlazorChat.Messages;
using BlazorChat.Text;
using BlazorChat.Turns.Delegation;

namespace BlazorChat.Turns.Tools;

/// <summary>Makes what people are told about tools.</summary>
internal static class ToolLabels
{
    // Tools are created once but looked at for each call.
    private static readonly ConditionalWeakTable<ChatTool, Known> All = [];

    /// <summary>The label of a tool; null if there is nothing to say beyond its name.</summary>
    public static ToolLabel? Of(ChatTool tool) => All.GetValue(tool, static tool => new Known(Make(tool))).Label;

    private static ToolLabel? Make(ChatTool tool)
    {
        // The application's own tools need no origin.
        var source = tool.OwnName is null && tool.Source is BuiltInTools.Source or DelegationTools.Source or ChatTool.OwnSource ? null : tool.Source;
        return tool is { Title: null, Verb: null, OwnName: null } && source is null
            ? null
            : new ToolLabel(Stored(tool.Title)) { Doing = Stored(tool.Verb?.Doing), Done = Stored(tool.Verb?.Done), Source = Stored(source), OwnName = Stored(tool.OwnName) };
    }

    private static string? Stored(string? text) => text is null ? null : StorableText.From(text);

    private sealed record Known(ToolLabel? Label);
}
