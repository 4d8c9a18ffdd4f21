using BlazorChat.Languages;
using Microsoft.AspNetCore.Components;

namespace BlazorChat.Components.Layout;

/// <summary>
/// The dialog for going to another room. switcher.js fills and filters it from the links of the room list, without asking the server.
/// </summary>
internal static class Switcher
{
    /// <summary>The dialog as constant markup; the circuit has no component for it.</summary>
    public static readonly PerLanguage<RenderFragment> Markup = WordedMarkup.Of($"""
        <dialog id="switcher" class="dialog switcher" aria-label="[[Switcher_Title]]">
            <div class="switcher-field">
                {Icons.MarkupOf("search")}
                <input type="search" class="switcher-input" aria-label="[[Switcher_Field]]" placeholder="[[Switcher_Placeholder]]" autocomplete="off" spellcheck="false"
                       role="combobox" aria-expanded="true" aria-controls="switcher-list" aria-autocomplete="list" dir="auto">
            </div>
            <ul id="switcher-list" class="switcher-list" translate="no" role="listbox" aria-label="[[Switcher_Matching]]"></ul>
            <p class="switcher-none" hidden>[[Switcher_None]]</p>
        </dialog>
        """);
}
