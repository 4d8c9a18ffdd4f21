using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using BlazorChat.Components.Layout;
using BlazorChat.Live;
using BlazorChat.Markdown;
using BlazorChat.Messages;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace BlazorChat.Components.Messages;

/// <summary>
/// How a message is shown apart from its end and its actions: made once for all circuits whose readers' clocks show the
/// same time, and kept as long as the message is in memory. A circuit holds every string and every element of what it
/// shows, twice; with 50 messages that is most of what it weighs, so it shares the strings and has few elements.
/// </summary>
internal sealed class MessageMarkup
{
    // Clocks differ by the offset alone, of which the world has about forty. Zones are named by the browser, so nobody is
    // trusted to keep to that: past the bound a look is made for its reader only. The text is the same for all of them.
    private const int MostOffsets = 64;

    private static readonly ImmutableArray<MarkdownBlock> Unreadable = [new("<p class=\"unreadable\">This message cannot be shown.</p>")];

    private static readonly ConditionalWeakTable<MessageFrame, Shared> Known = [];

    private readonly Shared _shared;
    private readonly string _head;
    private readonly string _groupedHead;

    private MessageMarkup(Shared shared, MessageFrame message, TimeSpan offset)
    {
        _shared = shared;
        var created = message.Message.CreatedAt;
        var time = $"{created.ToOffset(offset):HH:mm}";
        var timeElement = $"""<time datetime="{created.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}" data-format="time">{time}</time>""";
        Label = $"{message.Message.Author.Name}, {time}";
        _head = $"""{shared.Avatar}<div class="byline">{shared.Name}{timeElement}</div>""";
        _groupedHead = $"""<div class="byline">{timeElement}</div>""";
        Trace = message.Message.EditedAt is { } edited
            ? Markup($"""<button type="button" class="trace" data-act="versions">edited <time datetime="{edited.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}" data-format="time">{edited.ToOffset(offset):HH:mm}</time></button>""")
            : null;
    }

    /// <summary>The id of the message's element.</summary>
    public string Id => _shared.Id;

    /// <summary>Its accessible name.</summary>
    public string Label { get; }

    /// <summary>That and when its author last edited it, which leads to what it said before; null when never.</summary>
    public RenderFragment? Trace { get; }

    /// <summary>The look of a message for a reader.</summary>
    public static MessageMarkup Of(MessageFrame message, TimeZoneInfo zone, AssistantFaces faces)
    {
        if (!Known.TryGetValue(message, out var shared))
        {
            shared = Known.GetValue(message, m => new Shared(m, faces));
        }

        var offset = zone.GetUtcOffset(message.Message.CreatedAt);
        if (shared.ByOffset.TryGetValue(offset, out var look))
        {
            return look;
        }

        look = new MessageMarkup(shared, message, offset);
        return shared.ByOffset.Count < MostOffsets ? shared.ByOffset.GetOrAdd(offset, look) : look;
    }

    /// <summary>
    /// Adds picture, name and time; for a message that follows closely on another of its author, the time alone. As a node of the
    /// caller's own, before all that Razor numbers: a fragment is a region around it, and with that 50 messages need the next
    /// larger array of frames.
    /// </summary>
    public void AddHead(RenderTreeBuilder builder, bool isGrouped) => builder.AddMarkup(0, isGrouped ? _groupedHead : _head);

    /// <summary>Adds the whole text of an ended message, as one node in the same way.</summary>
    public void AddBody(RenderTreeBuilder builder) => builder.AddMarkup(1, _shared.Body.Value);

    /// <summary>
    /// The blocks of an ended message. A message whose text cannot be rendered says so in its own place: no other
    /// message is affected, which is what an error boundary per message would give at the price of a component each.
    /// </summary>
    public static ImmutableArray<MarkdownBlock> BlocksOf(MessageFrame message) => Contain(() => message.Blocks, Unreadable);

    /// <summary>The parts of an ended message, under the same promise.</summary>
    public static ImmutableArray<RenderedPart> PartsOf(MessageFrame message) => Contain(() => message.Parts, [new RenderedPart(new TextPart(""), Unreadable)]);

    private static RenderFragment Markup(string html) => builder => builder.AddMarkup(0, html);

    private static T Contain<T>(Func<T> render, T unreadable)
    {
        try
        {
            return render();
        }
#pragma warning disable CA1031 // Whatever the text does to the renderer, the conversation must stay readable.
        catch (Exception)
#pragma warning restore CA1031
        {
            return unreadable;
        }
    }

    // What every reader sees of a message.
    private sealed class Shared(MessageFrame message, AssistantFaces faces)
    {
        public string Id { get; } = Links.Message(message.Message.Id);

        public string Avatar { get; } = AvatarOf(message.Message.Author, faces);

        public string Name { get; } = NameOf(message.Message.Author, faces);

        public Lazy<string> Body { get; } = new(() => $"""<div class="blocks">{string.Concat(BlocksOf(message).Select(block => block.Html))}</div>""");

        public ConcurrentDictionary<TimeSpan, MessageMarkup> ByOffset { get; } = new();

        // What people chose as their names is text: everything that could be markup is encoded.
        private static string NameOf(Author author, AssistantFaces faces) =>
            $"""<span class="author" dir="auto">{HtmlEncoder.Default.Encode(author.Name)}</span>{(author.Kind == AuthorKind.Assistant ? $"""<span class="kind">{faces.KindOf(author)}</span>""" : "")}""";

        private static string AvatarOf(Author author, AssistantFaces faces)
        {
            var picture = author.Kind == AuthorKind.Assistant ? faces.PictureOf(author) : Layout.Avatar.LetterOf(author.Name);
            return $"""<span class="avatar {Layout.Avatar.ColourOf(author)}" aria-hidden="true">{(picture is null ? Icons.MarkupOf("spark") : HtmlEncoder.Default.Encode(picture))}</span>""";
        }
    }
}
