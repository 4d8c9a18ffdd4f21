using Microsoft.AspNetCore.Components;

namespace BlazorChat.Components.Layout;

/// <summary>The list of keyboard shortcuts. Scripts open and close it.</summary>
internal static class KeysDialog
{
    /// <summary>The dialog as constant markup; the circuit has no component for it.</summary>
    public static readonly RenderFragment Markup = builder => builder.AddMarkup(0, Html);

    private static readonly string Html = $"""
        <dialog id="keys" class="dialog" aria-labelledby="keys-title">
            <header class="dialog-head">
                <h2 id="keys-title">Keyboard shortcuts</h2>
                <button type="button" class="icon-button" data-close-dialog aria-label="Close">{Icons.MarkupOf("close")}</button>
            </header>
            <dl class="keys">
                <dt><kbd>Enter</kbd></dt><dd>Send the message</dd>
                <dt><kbd>Shift</kbd> <kbd>Enter</kbd></dt><dd>New line</dd>
                <dt><kbd>Ctrl</kbd> <kbd>K</kbd></dt><dd>Go to another room (<kbd>⌘</kbd> <kbd>K</kbd> on a Mac)</dd>
                <dt><kbd>↑</kbd></dt><dd>Edit your last message (in an empty message box)</dd>
                <dt><kbd>Ctrl</kbd> <kbd>Enter</kbd></dt><dd>Save an edited message</dd>
                <dt><kbd>↑</kbd> <kbd>↓</kbd></dt><dd>Move through the list of rooms, or the messages</dd>
                <dt><kbd>Ctrl</kbd> <kbd>\</kbd></dt><dd>Hide or show the list of rooms</dd>
                <dt><kbd>Home</kbd> <kbd>End</kbd></dt><dd>Go to the first or last room or message</dd>
                <dt><kbd>Esc</kbd></dt><dd>Close what’s open, or stop the answer</dd>
                <dt><kbd>?</kbd></dt><dd>Show this list</dd>
            </dl>
        </dialog>
        """;
}
