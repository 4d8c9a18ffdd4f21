using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using BlazorChat.Components.Layout;
using BlazorChat.Rooms;
using Microsoft.AspNetCore.Components;

namespace BlazorChat.Components.Messages;

/// <summary>
/// How a message is shown apart from its end and its actions: made once for all circuits whose readers are in the same
/// time zone, and kept as long as the message is in memory. A circuit holds every string and every element of what it
/// shows, twice; with 50 messages that is most of what it weighs, so it shares the strings and has few elements.
/// </summary>
internal sealed class MessageLook
{
    private static readonly ConditionalWeakTable<RoomMessage, ConcurrentDictionary<string, MessageLook>> Known = [];

    private readonly Lazy<RenderFragment> _body;

    private MessageLook(RoomMessage message, TimeZoneInfo zone)
    {
        var (author, created) = (message.Message.Author, message.Message.CreatedAt);
        var time = $"{TimeZoneInfo.ConvertTime(created, zone):HH:mm}";
        var timeElement = $"""<time datetime="{created.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}" data-format="time">{time}</time>""";
        Id = Links.Message(message.Message.Id);
        Label = $"{author.Name}, {time}";
        Head = Markup($"""{AvatarOf(author)}<div class="byline">{NameOf(author)}{timeElement}</div>""");
        GroupedHead = Markup($"""<div class="byline">{timeElement}</div>""");
        _body = new(() => Markup(string.Concat(BlockMarkup.BlocksOf(message).Select(block => block.Html))));
    }

    /// <summary>The id of the message's element.</summary>
    public string Id { get; }

    /// <summary>Its accessible name.</summary>
    public string Label { get; }

    /// <summary>Picture, name and time.</summary>
    public RenderFragment Head { get; }

    /// <summary>The time alone, for a message that follows closely on another of its author.</summary>
    public RenderFragment GroupedHead { get; }

    /// <summary>The whole text of an ended message, as one piece.</summary>
    public RenderFragment Body => _body.Value;

    /// <summary>The look of a message for a reader.</summary>
    public static MessageLook Of(RoomMessage message, TimeZoneInfo zone) =>
        Known.GetOrCreateValue(message).GetOrAdd(zone.Id, static (_, of) => new MessageLook(of.message, of.zone), (message, zone));

    private static RenderFragment Markup(string html) => builder => builder.AddMarkupContent(0, html);

    // What people chose as their names is text: everything that could be markup is encoded.
    private static string NameOf(Author author) =>
        $"""<span class="author" dir="auto">{HtmlEncoder.Default.Encode(author.Name)}</span>{(author.Kind == AuthorKind.Assistant ? """<span class="kind">AI</span>""" : "")}""";

    private static string AvatarOf(Author author) =>
        $"""<span class="avatar {Avatar.ColourOf(author)}" aria-hidden="true">{(author.Kind == AuthorKind.Assistant ? Icons.MarkupOf("spark") : HtmlEncoder.Default.Encode(Avatar.LetterOf(author.Name)))}</span>""";
}
