using BlazorChat.Languages;
using Microsoft.AspNetCore.Components;

namespace BlazorChat.Components.Layout;

/// <summary>The list of keyboard shortcuts. Scripts open and close it.</summary>
internal static class KeysDialog
{
    /// <summary>The dialog as constant markup; the circuit has no component for it.</summary>
    public static readonly PerLanguage<RenderFragment> Markup = WordedMarkup.Of($"""
        <dialog id="keys" class="dialog" aria-labelledby="keys-title">
            <header class="dialog-head">
                <h2 id="keys-title">[[Keys_Title]]</h2>
                <button type="button" class="icon-button" data-close-dialog aria-label="[[Common_Close]]">{Icons.MarkupOf("close")}</button>
            </header>
            <dl class="keys">
                <dt><kbd>Enter</kbd></dt><dd>[[Keys_Send]]</dd>
                <dt><kbd>[[Keys_Shift]]</kbd> <kbd>Enter</kbd></dt><dd>[[Keys_NewLine]]</dd>
                <dt><kbd>[[Keys_Ctrl]]</kbd> <kbd>K</kbd></dt><dd>[[Keys_Switch]]</dd>
                <dt><kbd>↑</kbd></dt><dd>[[Keys_Edit]]</dd>
                <dt><kbd>[[Keys_Ctrl]]</kbd> <kbd>Enter</kbd></dt><dd>[[Keys_SaveEdited]]</dd>
                <dt><kbd>↑</kbd> <kbd>↓</kbd></dt><dd>[[Keys_Move]]</dd>
                <dt><kbd>[[Keys_Ctrl]]</kbd> <kbd>\</kbd></dt><dd>[[Keys_List]]</dd>
                <dt><kbd>[[Keys_Home]]</kbd> <kbd>[[Keys_End]]</kbd></dt><dd>[[Keys_Ends]]</dd>
                <dt><kbd>Esc</kbd></dt><dd>[[Keys_Close]]</dd>
                <dt><kbd>?</kbd></dt><dd>[[Keys_Show]]</dd>
            </dl>
        </dialog>
        """);
}
