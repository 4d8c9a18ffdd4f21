using BlazorChat.Access;
using BlazorChat.Components.Layout;
using BlazorChat.Languages;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using Microsoft.AspNetCore.Components.Rendering;

namespace BlazorChat.Components.Messages;

/// <summary>
/// The actions that the page offers a reader for a message: those that the authorizer allows and that make sense in the message's
/// state. An offer permits nothing: each command is authorized again. The bar over a message is constant markup, one string for all
/// circuits of a language. One handler for all messages passes clicks to the server (see message-actions.js).
/// </summary>
internal static class MessageOffers
{
    private static readonly PerLanguage<string> Plain = new(words => Bar(words, ""));
    private static readonly PerLanguage<string> Response = new(words => Bar(words, Button("data-act=\"again\"", words["Common_TryAgain"], "retry")));
    private static readonly PerLanguage<string> Own = new(words => Bar(words, Button("data-act=\"edit\"", words["MessageOffers_Edit"], "pencil")));

    /// <summary>The menu's actions other than copying, for <c>data-may</c>. They are constants, so circuits need no memory for them.</summary>
    /// <param name="message">The message.</param>
    /// <param name="isLive">Whether the message is being written.</param>
    /// <param name="may">Says whether the reader has a permission for the message.</param>
    public static string Of(Message message, bool isLive, Func<RoomPermission, Author?, bool> may)
    {
        var mayDelete = may(RoomPermission.DeleteMessage, message.Owner);
        if (message.Author.Kind == AuthorKind.Assistant)
        {
            // Where it would make sense but is not the reader's, the menu says whose it is.
            var mayAgain = CanTryAgain(message, isLive) ? may(RoomPermission.RetryResponse, message.Owner) : (bool?)null;
            return (mayAgain, mayDelete) switch
            {
                (true, true) => "again details sent delete",
                (true, false) => "again details sent",
                (false, true) => "again-not details sent delete",
                (false, false) => "again-not details sent",
                (null, true) => "details sent delete",
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

    /// <summary>
    /// Adds the buttons over the message as one node, with a number after all that Razor uses (see <see cref="MessageMarkup.AddHead"/>). An
    /// answer that ended early has Try again in the line that says so (<see cref="MessageEnd"/>).
    /// </summary>
    public static void AddBar(RenderTreeBuilder builder, Words words, Message message, bool isLive, Func<RoomPermission, Author?, bool> may) => builder.AddMarkup(
        1_000_000,
        (MayEdit(message, may) ? Own : message.Author.Kind == AuthorKind.Assistant && !message.Status.CanContinue && MayTryAgain(message, isLive, may) ? Response : Plain).In(words));

    /// <summary>Whether a reader may edit a message.</summary>
    public static bool MayEdit(Message message, Func<RoomPermission, Author?, bool> may) =>
        message.Author.Kind == AuthorKind.Person && may(RoomPermission.EditMessage, message.Owner);

    /// <summary>Whether a response can have another version.</summary>
    public static bool CanTryAgain(Message message, bool isLive) =>
        !isLive && message.Status.IsEnded && !message.IsRetried && message.Versions < RoomLimits.Versions;

    private static bool MayTryAgain(Message message, bool isLive, Func<RoomPermission, Author?, bool> may) =>
        CanTryAgain(message, isLive) && may(RoomPermission.RetryResponse, message.Owner);

    private static string Bar(Words words, string extra) =>
        $"""<div class="actions">{Button("data-copy-message", words["Common_Copy"], "copy")}{extra}{Button("data-message-menu aria-haspopup=\"true\"", words["MessageOffers_More"], "more")}</div>""";

    private static string Button(string act, string name, string icon) =>
        $"""<button type="button" class="icon-button small" {act} aria-label="{name}" title="{name}">{Icons.MarkupOf(icon)}</button>""";
}
