using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace BlazorChat.Components.Layout;

/// <summary>
/// The title of the open page. The first HTML has it in its head. In a circuit, a hidden element carries it and title.js sets it: an
/// interactive HeadOutlet would take eight components in every circuit for one line of text.
/// </summary>
internal static class DocumentTitle
{
    /// <summary>Creates the fragment that a component renders to set the title.</summary>
    /// <param name="title">The title.</param>
    /// <param name="renderer">The renderer of the component.</param>
    public static RenderFragment Of(string title, RendererInfo renderer) => builder =>
    {
        if (renderer.IsInteractive)
        {
            builder.OpenElement(0, "document-title");
            builder.AddAttribute(1, "hidden", true);
            builder.AddAttribute(2, "data-title", title);
            builder.CloseElement();
        }
        else
        {
            builder.OpenComponent<PageTitle>(3);
            builder.AddComponentParameter(4, nameof(PageTitle.ChildContent), (RenderFragment)(text => text.AddContent(0, title)));
            builder.CloseComponent();
        }
    };
}
