using BlazorChat.Languages;
using Microsoft.AspNetCore.Components;

namespace BlazorChat.Components.Messages.Parts;

/// <summary>A component that shows a part of a message, or a piece of one, in its reader's language.</summary>
public abstract class WordedPart : ComponentBase
{
    /// <summary>The reader; null outside of a page, such as in the test of an extension.</summary>
    [CascadingParameter]
    protected Visitor? Visitor { get; set; }

    /// <summary>What it says: English outside of a page.</summary>
    protected Words Words => Visitor?.Words ?? Languages.Words.English;
}
