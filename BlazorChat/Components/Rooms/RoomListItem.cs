using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using BlazorChat.Languages;
using BlazorChat.Rooms;
using Microsoft.AspNetCore.Components.Rendering;

namespace BlazorChat.Components.Rooms;

/// <summary>
/// The markup of a room in the list. It is the same for all readers of a language whose clocks have the same offset, so it is made once for all
/// circuits and kept until something happens in the room. The strings of other rooms stay the same instances, which the renderer skips.
/// </summary>
internal sealed class RoomListItem
{
    // As in MessageMarkup.
    private const int MostOffsets = 64;

    private static readonly ConditionalWeakTable<RoomSummary, ConcurrentDictionary<(Words Words, TimeSpan Offset), RoomListItem>> Known = [];

    // More are not counted: nobody reads that many to catch up.
    private const int MostCounted = 99;

    private readonly Words _words;
    private readonly string _meta;
    private readonly string _rest;
    private string?[]? _unread;

    private RoomListItem(RoomSummary summary, Words words, TimeSpan offset)
    {
        _words = words;
        var room = summary.Room;
        Address = Links.Room(room.Id);
        MetaId = $"r-{room.Id:N}";
        var what = summary.RunningResponses > 0
            ? $"""<span class="answering"><span class="dots" aria-hidden="true"><i></i><i></i><i></i></span>{words["RoomList_Answering"]}</span>"""
            : $"<span>{(room.MessageCount == 0 ? words["RoomList_New"] : words.Count("RoomList_Messages", room.MessageCount))}</span>";
        var active = room.LastActivityAt;
        _rest = $"""{what} <time datetime="{Times.Utc(active)}" data-format="ago">{active.ToOffset(offset):yyyy-MM-dd}</time>""";
        _meta = $"""<span id="{MetaId}" class="room-meta">{_rest}</span>""";
    }

    /// <summary>The address of the room's page.</summary>
    public string Address { get; }

    /// <summary>The id of the element that <see cref="AddMeta"/> adds.</summary>
    public string MetaId { get; }

    /// <summary>Gives the markup of a room for a reader's language and time zone.</summary>
    public static RoomListItem Of(RoomSummary summary, Visitor reader)
    {
        var byReader = Known.GetValue(summary, _ => new());
        var key = (reader.Words, Offset: reader.Zone.GetUtcOffset(summary.Room.LastActivityAt));
        if (byReader.TryGetValue(key, out var item))
        {
            return item;
        }

        item = new RoomListItem(summary, key.Words, key.Offset);
        return byReader.Count < MostOffsets ? byReader.GetOrAdd(key, item) : item;
    }

    /// <summary>Adds the line below the room's name as one node, with a number after all that Razor uses.</summary>
    public void AddMeta(RenderTreeBuilder builder, long unread) => builder.AddMarkup(1_000_000, unread > 0 ? Unread((int)Math.Min(unread, MostCounted + 1)) : _meta);

    private string Unread(int count) => (_unread ??= new string?[MostCounted + 2])[count] ??=
        $"""<span id="{MetaId}" class="room-meta">{_rest} <span class="unread-mark">{(count > MostCounted ? $"{MostCounted}+" : count)}<span class="visually-hidden"> {_words["RoomList_Unread"]}</span></span></span>""";
}
