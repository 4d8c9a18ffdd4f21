using BlazorChat.Access;
using BlazorChat.Components.Layout;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using Microsoft.AspNetCore.Components.Rendering;

namespace BlazorChat.Components.Messages;

/// <summary>
/// What the page offers a reader to do with a message: what the authorizer allows and the message's state makes sense of. What is
/// offered permits nothing. The bar over a message is constant markup, one string for all circuits: a click reaches
/// the server by one handler for all messages (see message-actions.js).
/// </summary>
internal static class MessageOffers
{
    private const string Copy = """<button type="button" class="icon-button small" data-copy-message aria-label="Copy" title="Copy"><svg class="icon" aria-hidden="true"><use href="#i-copy"/></svg></button>""";

    private static readonly string Plain = Bar("");
    private static readonly string Response = Bar(Button("regenerate", "Regenerate", "retry"));
    private static readonly string Own = Bar(Button("edit", "Edit", "pencil"));

    /// <summary>The names of what is offered in the menu besides copying, as <c>data-may</c>: constants, so that they weigh nothing.</summary>
    /// <param name="message">The message.</param>
    /// <param name="isLive">Whether it is being written.</param>
    /// <param name="may">Whether the reader may do something to the message.</param>
    public static string Of(Message message, bool isLive, Func<RoomPermission, Author?, bool> may)
    {
        var mayDelete = may(RoomPermission.DeleteMessage, message.Owner);
        if (message.Author.Kind == AuthorKind.Assistant)
        {
            return (MayRegenerate(message, isLive, may), mayDelete) switch
            {
                (true, true) => "regenerate details sent delete",
                (true, false) => "regenerate details sent",
                (false, true) => "details sent delete",
                _ => "details sent",
            };
        }

        return (MayEdit(message, may), mayDelete) switch
        {
            (true, true) => "edit delete",
            (true, false) => "edit",
            (false, true) => "delete",
            _ => "",
        };
    }

    /// <summary>Adds the buttons that stand over the message itself: one node, after all that Razor numbers (see <see cref="MessageMarkup.AddHead"/>).</summary>
    public static void AddBar(RenderTreeBuilder builder, Message message, bool isLive, Func<RoomPermission, Author?, bool> may) => builder.AddMarkup(
        1_000_000,
        MayEdit(message, may) ? Own : message.Author.Kind == AuthorKind.Assistant && MayRegenerate(message, isLive, may) ? Response : Plain);

    /// <summary>Whether a reader may edit a message.</summary>
    public static bool MayEdit(Message message, Func<RoomPermission, Author?, bool> may) =>
        message.Author.Kind == AuthorKind.Person && may(RoomPermission.EditMessage, message.Owner);

    // A response that was asked for again stands for nothing any more.
    private static bool MayRegenerate(Message message, bool isLive, Func<RoomPermission, Author?, bool> may) =>
        !isLive && message.Status.IsEnded && !message.IsRetried && message.Versions < RoomLimits.Versions && may(RoomPermission.RetryResponse, message.Owner);

    private static string Bar(string extra) =>
        $"""<div class="actions">{Copy}{extra}<button type="button" class="icon-button small" data-message-menu aria-label="More" title="More" aria-haspopup="true"><svg class="icon" aria-hidden="true"><use href="#i-more"/></svg></button></div>""";

    private static string Button(string act, string name, string icon) =>
        $"""<button type="button" class="icon-button small" data-act="{act}" aria-label="{name}" title="{name}">{Icons.MarkupOf(icon)}</button>""";
}
