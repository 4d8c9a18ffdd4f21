using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using BlazorChat.Rooms;
using Microsoft.AspNetCore.Components.Rendering;

namespace BlazorChat.Components.Rooms;

/// <summary>
/// The markup of a room in the list. It is the same for all readers whose clocks have the same offset, so it is made once for all
/// circuits and kept until something happens in the room. The strings of other rooms stay the same instances, which the renderer skips.
/// </summary>
internal sealed class RoomListItem
{
    // As in MessageMarkup.
    private const int MostOffsets = 64;

    private static readonly ConditionalWeakTable<RoomSummary, ConcurrentDictionary<TimeSpan, RoomListItem>> Known = [];

    // More are not counted: nobody reads that many to catch up.
    private const int MostCounted = 99;

    private readonly string _meta;
    private readonly string _rest;
    private string?[]? _unread;

    private RoomListItem(RoomSummary summary, TimeSpan offset)
    {
        var room = summary.Room;
        Address = Links.Room(room.Id);
        MetaId = $"r-{room.Id:N}";
        var what = summary.RunningResponses > 0
            ? """<span class="answering"><span class="dots" aria-hidden="true"><i></i><i></i><i></i></span>Answering</span>"""
            : room.MessageCount switch
            {
                0 => "<span>New room</span>",
                1 => "<span>1 message</span>",
                var count => $"<span>{count:N0} messages</span>",
            };
        var active = room.LastActivityAt;
        _rest = $"""{what} <time datetime="{active.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}" data-format="ago">{active.ToOffset(offset):d MMM}</time>""";
        _meta = $"""<span id="{MetaId}" class="room-meta">{_rest}</span>""";
    }

    /// <summary>The address of the room's page.</summary>
    public string Address { get; }

    /// <summary>The id of the element that <see cref="AddMeta"/> adds.</summary>
    public string MetaId { get; }

    /// <summary>Gives the markup of a room for a reader's time zone.</summary>
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

    /// <summary>Adds the line below the room's name as one node, with a number after all that Razor uses.</summary>
    public void AddMeta(RenderTreeBuilder builder, long unread) => builder.AddMarkup(1_000_000, unread > 0 ? Unread((int)Math.Min(unread, MostCounted + 1)) : _meta);

    private string Unread(int count) => (_unread ??= new string?[MostCounted + 2])[count] ??=
        $"""<span id="{MetaId}" class="room-meta">{_rest} <span class="unread-mark">{(count > MostCounted ? $"{MostCounted}+" : count)}<span class="visually-hidden"> new</span></span></span>""";
}
