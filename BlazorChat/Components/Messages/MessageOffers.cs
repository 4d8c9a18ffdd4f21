using BlazorChat.Components.Layout;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using Microsoft.AspNetCore.Components;

namespace BlazorChat.Components.Messages;

/// <summary>
/// What the page offers a reader to do with a message. The rules are the policy's as far as they can be seen from here;
/// what is offered permits nothing. The bar over a message is constant markup, one string for all circuits: a click reaches
/// the server by one handler for all messages (see message-actions.js).
/// </summary>
internal static class MessageOffers
{
    private const string Copy = """<button type="button" class="icon-button small" data-copy-message aria-label="Copy" title="Copy"><svg class="icon" aria-hidden="true"><use href="#i-copy"/></svg></button>""";

    private static readonly RenderFragment Plain = Bar("");
    private static readonly RenderFragment Response = Bar(Button("regenerate", "Regenerate", "retry"));
    private static readonly RenderFragment Own = Bar(Button("edit", "Edit", "pencil"));

    /// <summary>The names of what is offered in the menu besides copying, as <c>data-may</c>: constants, so that they weigh nothing.</summary>
    /// <param name="message">The message.</param>
    /// <param name="isLive">Whether it is being written.</param>
    /// <param name="reader">The reader's id.</param>
    /// <param name="owner">The id of the room's owner.</param>
    /// <param name="asker">The author of the message that a response answers, where the page has it.</param>
    public static string Of(Message message, bool isLive, string? reader, string? owner, Author? asker = null)
    {
        var mayDelete = MayDelete(message, reader, owner, asker);
        if (message.Author.Kind == AuthorKind.Assistant)
        {
            return (MayRegenerate(message, isLive), mayDelete) switch
            {
                (true, true) => "regenerate details sent delete",
                (true, false) => "regenerate details sent",
                (false, true) => "details sent delete",
                _ => "details sent",
            };
        }

        return IsOwn(message, reader) ? "edit delete" : mayDelete ? "delete" : "";
    }

    /// <summary>The buttons that stand over the message itself.</summary>
    public static RenderFragment BarOf(Message message, bool isLive, string? reader) =>
        IsOwn(message, reader) ? Own : message.Author.Kind == AuthorKind.Assistant && MayRegenerate(message, isLive) ? Response : Plain;

    /// <summary>Whether a message is this reader's own.</summary>
    public static bool IsOwn(Message message, string? reader) => message.Author.Kind == AuthorKind.Person && message.Author.Id == reader;

    // A response that was asked for again stands for nothing any more.
    private static bool MayRegenerate(Message message, bool isLive) =>
        !isLive && message.Status.IsEnded && !message.IsRetried && message.Versions < RoomLimits.Versions;

    private static bool MayDelete(Message message, string? reader, string? owner, Author? asker)
    {
        var whose = message.Author.Kind == AuthorKind.Assistant ? asker ?? message.AskedBy : message.Author;
        return reader is not null && (whose is { Kind: AuthorKind.Person } ? whose.Id == reader || owner == reader : owner is null || owner == reader);
    }

    private static RenderFragment Bar(string extra) => builder => builder.AddMarkupContent(0,
        $"""<div class="actions">{Copy}{extra}<button type="button" class="icon-button small" data-message-menu aria-label="More" title="More" aria-haspopup="true"><svg class="icon" aria-hidden="true"><use href="#i-more"/></svg></button></div>""");

    private static string Button(string act, string name, string icon) =>
        $"""<button type="button" class="icon-button small" data-act="{act}" aria-label="{name}" title="{name}">{Icons.MarkupOf(icon)}</button>""";
}
