using BlazorChat.Languages;
using Microsoft.AspNetCore.Components;

namespace BlazorChat.Components.Messages.Parts;

/// <summary>A component that shows a part of a message, or a piece of one, in its reader's language.</summary>
public abstract class WordedPart : ComponentBase
{
    /// <summary>The reader.</summary>
    [CascadingParameter]
    protected Visitor Visitor { get; set; } = null!;

    /// <summary>What it says.</summary>
    protected Words Words => Visitor.Words;
}
