using System.ComponentModel;
using BlazorChat.Turns.Tools;

namespace BlazorChat.Assistants.Tools;

/// <summary><c>send_postcard</c>: demonstrates a tool that needs approval. It sends nothing.</summary>
internal static class PostcardTool
{
    private const int LongestName = 100;
    private const int LongestText = 2_000;

    public static ChatTool Create() =>
        new(ChatFunctions.Create(Send, "send_postcard", "A demo: pretends to send a postcard, once a person has allowed it. Nothing is sent."))
        {
            Title = "Send a postcard",
            Verb = new ToolVerb("Sending a postcard", "Sent a postcard"),
            Source = BuiltInTools.Source,
            NeedsApproval = ChatTool.Always,
            IsDemo = true,
        };

    private static string Send([Description("To whom, at most 100 characters.")] string to, [Description("What it says, at most 2,000 characters.")] string text)
    {
        if (string.IsNullOrWhiteSpace(to) || to.Length > LongestName)
        {
            throw new ToolFailedException($"A postcard needs a recipient of 1 to {LongestName} characters.");
        }

        if (string.IsNullOrWhiteSpace(text) || text.Length > LongestText)
        {
            throw new ToolFailedException($"A postcard needs a text of 1 to {LongestText:N0} characters; this one has {text.Length:N0}.");
        }

        return $"A postcard to {to.Trim()} with {text.Length:N0} characters was “sent”. This is a demo: nothing has left this server.";
    }
}
