using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using BlazorChat.Components.Layout;
using BlazorChat.Languages;
using BlazorChat.Live;
using BlazorChat.Markdown;
using BlazorChat.Messages;
using BlazorChat.Text;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace BlazorChat.Components.Messages;

/// <summary>
/// The markup of a message without its end state and actions. It is made once for all circuits of a language whose readers' clocks have the
/// same offset, and kept as long as the message is in memory. A circuit holds every string and element that it shows twice, and with 50
/// messages this is most of its memory. So circuits share the strings and use few elements.
/// </summary>
internal sealed class MessageMarkup
{
    // Clocks differ only by their offset, and the world has about forty of them. But browsers name the zones and cannot be trusted to
    // stay within that: above this bound, markup is made for its reader only. The text is shared in any case.
    private const int MostOffsets = 64;

    // Leaves the letters of all languages as they are.
    private static readonly HtmlEncoder Html = HtmlEncoder.Create(System.Text.Unicode.UnicodeRanges.All);

    private static readonly PerLanguage<RenderedPart> Unreadable = new(words => new(new TextPart(""), [new($"""<p class="unreadable">{Html.Encode(words["MessageList_Unreadable"])}</p>""")]));

    private static readonly PerLanguage<string> UnreadableBody = new(words => BodyOf(Unreadable.In(words).Blocks));

    // As much of a question as fits in one line.
    private const int LongestExcerpt = 100;

    private static readonly ConditionalWeakTable<MessageFrame, Shared> Known = [];

    private static readonly ConditionalWeakTable<MessageFrame, PerLanguage<string>> Replies = [];

    private readonly Shared _shared;
    private readonly string _head;
    private readonly string _groupedHead;

    private readonly Words _words;

    private MessageMarkup(Words words, Shared shared, MessageFrame message, TimeSpan offset)
    {
        (_words, _shared) = (words, shared);
        var created = message.Message.CreatedAt;
        var time = $"{created.ToOffset(offset):HH:mm}";
        var timeElement = $"""<time datetime="{created.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}" data-format="time" translate="no">{time}</time>""";
        Label = $"{words.NameOf(message.Message.Author.Name)}, {time}";
        _head = $"""{shared.Avatar}<div class="byline">{shared.Names.In(words)}{timeElement}</div>""";
        // In the column of the pictures, which has no room for AM and PM.
        _groupedHead = $"""<div class="byline">{timeElement.Replace("\"time\"", "\"clock\"", StringComparison.Ordinal)}</div>""";
        Trace = message.Message.EditedAt is { } edited
            ? Markup($"""<button type="button" class="trace" data-act="versions">{string.Format(CultureInfo.InvariantCulture, Html.Encode(words["MessageMarkup_Edited"]), $"""<time datetime="{edited.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}" data-format="time" translate="no">{edited.ToOffset(offset):HH:mm}</time>""")}</button>""")
            : null;
    }

    /// <summary>The id of the message's element.</summary>
    public string Id => _shared.Id;

    /// <summary>The accessible name of the message's element.</summary>
    public string Label { get; }

    /// <summary>A button that says when the message was last edited and shows its earlier versions; null if it was never edited.</summary>
    public RenderFragment? Trace { get; }

    /// <summary>Gives the markup of a message for a reader's language and time zone.</summary>
    public static MessageMarkup Of(Words words, MessageFrame message, TimeZoneInfo zone, AssistantFaces faces)
    {
        if (!Known.TryGetValue(message, out var shared))
        {
            shared = Known.GetValue(message, m => new Shared(m, faces));
        }

        var offset = zone.GetUtcOffset(message.Message.CreatedAt);
        if (shared.ByClock.TryGetValue((words, offset), out var markup))
        {
            return markup;
        }

        markup = new MessageMarkup(words, shared, message, offset);
        return shared.ByClock.Count < MostOffsets * Words.All.Length ? shared.ByClock.GetOrAdd((words, offset), markup) : markup;
    }

    /// <summary>Adds the line that names the question of an answer that is not directly below it, as one node of the caller.</summary>
    /// <param name="builder">The caller's builder.</param>
    /// <param name="words">The reader's language.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="messages">The messages that the page shows. The question may be further back.</param>
    public static void AddReply(RenderTreeBuilder builder, Words words, Message answer, ImmutableArray<MessageFrame> messages)
    {
        var question = messages.FirstOrDefault(m => m.Message.Id == answer.QuestionId);
        if (question is not null)
        {
            builder.AddMarkup(-1, Replies.GetValue(question, static q => new(w => ReplyOf(w, q.Message.RoomId, q.Message.Id, q.Message.Author, TextCut.Excerpt(q.Message.Text.ReplaceLineEndings(" ").Trim(), LongestExcerpt)))).In(words));
        }
        else if (answer is { QuestionId: { } id, AskedBy: { } asker })
        {
            builder.AddMarkup(-1, ReplyOf(words, answer.RoomId, id, asker, words["MessageMarkup_EarlierMessage"]));
        }
    }

    /// <summary>
    /// Adds picture, name and time, or only the time for a grouped message. They are one node of the caller, with a number before all
    /// that Razor uses: a fragment would add a region, and then 50 messages would need the next larger array of frames.
    /// </summary>
    public void AddHead(RenderTreeBuilder builder, bool isGrouped) => builder.AddMarkup(0, isGrouped ? _groupedHead : _head);

    /// <summary>Adds the whole text of an ended message, also as one node of the caller.</summary>
    public void AddBody(RenderTreeBuilder builder) => builder.AddMarkup(1, _shared.Body.Value ?? UnreadableBody.In(_words));

    /// <summary>
    /// Gives the parts of an ended message. A message whose text cannot be rendered says so and affects no other message. An error boundary
    /// would do the same, but takes a component per message.
    /// </summary>
    public static ImmutableArray<RenderedPart> PartsOf(Words words, MessageFrame message) => Contain(() => message.Parts, () => [Unreadable.In(words)]);

    private static string BodyOf(ImmutableArray<MarkdownBlock> blocks) => $"""<div class="blocks">{string.Concat(blocks.Select(block => block.Html))}</div>""";

    private static string ReplyOf(Words words, Guid roomId, Guid questionId, Author asker, string excerpt) =>
        $"""<a class="reply" href="{Links.Room(roomId)}#{Links.Message(questionId)}" aria-label="{HtmlEncoder.Default.Encode(words["MessageMarkup_ReplyTo", words.NameOf(asker.Name)])}" translate="no"><span class="avatar {Layout.Avatar.ColorOf(asker)}" aria-hidden="true">{HtmlEncoder.Default.Encode(Layout.Avatar.LetterOf(asker.Name))}</span><bdi class="reply-name">{HtmlEncoder.Default.Encode(words.NameOf(asker.Name))}</bdi> <bdi class="reply-text">{HtmlEncoder.Default.Encode(excerpt)}</bdi></a>""";

    private static RenderFragment Markup(string html) => builder => builder.AddMarkup(0, html);

    private static T Contain<T>(Func<T> render, Func<T> unreadable)
    {
        try
        {
            return render();
        }
#pragma warning disable CA1031 // The conversation must stay readable, whatever a text does to the renderer.
        catch (Exception)
#pragma warning restore CA1031
        {
            return unreadable();
        }
    }

    // The strings that are the same for all readers of a message.
    private sealed class Shared(MessageFrame message, AssistantFaces faces)
    {
        public string Id { get; } = Links.Message(message.Message.Id);

        public string Avatar { get; } = AvatarOf(message.Message.Author, faces);

        public PerLanguage<string> Names { get; } = new(words => NameOf(words, message.Message.Author, faces));

        // Null if it cannot be rendered.
        public Lazy<string?> Body { get; } = new(() => Contain<string?>(() => BodyOf(message.Blocks), () => null));

        public ConcurrentDictionary<(Words Words, TimeSpan Offset), MessageMarkup> ByClock { get; } = new();

        // People choose their names, so everything that could be markup is encoded.
        private static string NameOf(Words words, Author author, AssistantFaces faces) =>
            $"""<span class="author" dir="auto" translate="no">{HtmlEncoder.Default.Encode(words.NameOf(author.Name))}</span>{(KindOf(words, author, faces) is { } kind ? $"""<span class="kind">{Html.Encode(kind)}</span>""" : "")}""";

        private static string? KindOf(Words words, Author author, AssistantFaces faces) =>
            author.Kind == AuthorKind.Assistant ? faces.KindOf(author, words)
            // Nobody can write one that looks like it.
            : author.IsOfNotice ? words["Author_OfNotice"]
            : faces.LikenessOf(author, words);

        private static string AvatarOf(Author author, AssistantFaces faces)
        {
            var picture = author.Kind == AuthorKind.Assistant ? faces.PictureOf(author) : Layout.Avatar.LetterOf(author.Name);
            return $"""<span class="avatar {Layout.Avatar.ColorOf(author)}" aria-hidden="true" translate="no">{(picture is null ? Icons.MarkupOf("spark") : HtmlEncoder.Default.Encode(picture))}</span>""";
        }
    }
}
