using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using BlazorChat.Rooms;
using Microsoft.AspNetCore.Components.Rendering;

namespace BlazorChat.Components.Rooms;

/// <summary>
/// One room in the list, as far as all readers whose clocks show the same time see it alike: made once for all circuits, and kept
/// until something happens in the room. What happens in one room leaves the strings of all others what they are, so that the
/// renderer passes them by.
/// </summary>
internal sealed class RoomListItem
{
    // As in MessageMarkup.
    private const int MostOffsets = 64;

    private static readonly ConditionalWeakTable<RoomSummary, ConcurrentDictionary<TimeSpan, RoomListItem>> Known = [];

    private readonly string _meta;
    private readonly string _unreadMeta;

    private RoomListItem(RoomSummary summary, TimeSpan offset)
    {
        var room = summary.Room;
        Address = Links.Room(room.Id);
        MetaId = $"r-{room.Id:N}";
        var what = summary.RunningResponses > 0
            ? """<span class="answering"><span class="dots" aria-hidden="true"><i></i><i></i><i></i></span>Answering</span>"""
            : room.MessageCount switch
            {
                0 => "<span>No messages yet</span>",
                1 => "<span>1 message</span>",
                var count => $"<span>{count:N0} messages</span>",
            };
        var active = room.LastActivityAt;
        var rest = $"""{what} <time datetime="{active.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}" data-format="ago">{active.ToOffset(offset):d MMM}</time>""";
        _meta = $"""<span id="{MetaId}" class="room-meta">{rest}</span>""";
        _unreadMeta = $"""<span id="{MetaId}" class="room-meta">{rest} <span class="unread-mark">new</span></span>""";
    }

    /// <summary>The address of the room's page.</summary>
    public string Address { get; }

    /// <summary>The id of the element that <see cref="AddMeta"/> adds.</summary>
    public string MetaId { get; }

    /// <summary>A room as a reader sees it.</summary>
    public static RoomListItem Of(RoomSummary summary, TimeZoneInfo zone)
    {
        var byOffset = Known.GetValue(summary, _ => new());
        var offset = zone.GetUtcOffset(summary.Room.LastActivityAt);
        if (byOffset.TryGetValue(offset, out var item))
        {
            return item;
        }

        item = new RoomListItem(summary, offset);
        return byOffset.Count < MostOffsets ? byOffset.GetOrAdd(offset, item) : item;
    }

    /// <summary>Adds what is said of the room below its name: one node, after all that Razor numbers.</summary>
    public void AddMeta(RenderTreeBuilder builder, bool isUnread) => builder.AddMarkup(1_000_000, isUnread ? _unreadMeta : _meta);
}
