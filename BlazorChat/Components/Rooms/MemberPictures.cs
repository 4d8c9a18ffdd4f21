using System.Runtime.CompilerServices;
using BlazorChat.Access;
using BlazorChat.Components.Layout;
using BlazorChat.Messages;
using Microsoft.AspNetCore.Components;

namespace BlazorChat.Components.Rooms;

/// <summary>
/// The pictures of a room's first members, for its header: one piece of markup, which is made once for all circuits as long as nothing in it
/// changes. How many members there are is said in words beside it, so screen readers pass it by.
/// </summary>
internal static class MemberPictures
{
    private const int Most = 4;

    private static readonly ConditionalWeakTable<RoomAccess, Pictures> Known = [];

    /// <summary>The pictures of a room's members.</summary>
    public static RenderFragment Of(RoomAccess room, PeopleDirectory people)
    {
        var shown = room.Members.Values.OrderByDescending(m => m.Role).ThenBy(m => m.Since).ThenBy(m => m.PersonId).Take(Most)
            .Select(m => (Id: m.PersonId, Letter: Avatar.LetterOf(people.Find(m.PersonId)?.Name))).ToArray();
        if (!Known.TryGetValue(room, out var known) || !known.Shown.SequenceEqual(shown))
        {
            var avatars = string.Concat(shown.Select(s =>
                $"""<span class="avatar {Avatar.ColorOf(new Person(s.Id, s.Letter))}">{System.Net.WebUtility.HtmlEncode(s.Letter)}</span>"""));
            var markup = $"""<span class="member-pictures" aria-hidden="true" translate="no">{avatars}</span>""";
            known = new Pictures(shown, builder => builder.AddMarkup(0, markup));
            Known.AddOrUpdate(room, known);
        }

        return known.Fragment;
    }

    private sealed record Pictures((Guid Id, string Letter)[] Shown, RenderFragment Fragment);
}
