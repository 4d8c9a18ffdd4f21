using BlazorChat.Languages;
using Microsoft.AspNetCore.Components;

namespace BlazorChat.Components;

/// <summary>A page or a part of one that says something in the reader's language.</summary>
public abstract class WordedComponent : ComponentBase
{
    /// <summary>Who reads the page.</summary>
    [CascadingParameter]
    protected Visitor Visitor { get; set; } = null!;

    /// <summary>What the page says, in the visitor's language.</summary>
    protected Words Words => Visitor.Words;
}
