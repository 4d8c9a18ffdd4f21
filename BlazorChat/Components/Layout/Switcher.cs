using Microsoft.AspNetCore.Components;

namespace BlazorChat.Components.Layout;

/// <summary>
/// The dialog for going to another room. switcher.js fills and filters it from the links of the room list, without asking the server.
/// </summary>
internal static class Switcher
{
    /// <summary>The dialog as constant markup; the circuit has no component for it.</summary>
    public static readonly RenderFragment Markup = builder => builder.AddMarkup(0, Html);

    private static readonly string Html = $"""
        <dialog id="switcher" class="dialog switcher" aria-label="Switch room">
            <div class="switcher-field">
                {Icons.MarkupOf("search")}
                <input type="search" class="switcher-input" aria-label="Go to room" placeholder="Go to room…" autocomplete="off" spellcheck="false"
                       role="combobox" aria-expanded="true" aria-controls="switcher-list" aria-autocomplete="list" dir="auto">
            </div>
            <ul id="switcher-list" class="switcher-list" translate="no" role="listbox" aria-label="Matching rooms"></ul>
            <p class="switcher-none" hidden>No rooms match.</p>
        </dialog>
        """;
}
