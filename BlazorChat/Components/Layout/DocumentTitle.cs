using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace BlazorChat.Components.Layout;

/// <summary>
/// The title of the page that is open. The first HTML has it in its head; in a circuit an element that is not seen carries it, and
/// title.js puts it there: an interactive HeadOutlet would be eight components in every circuit, for one line of text.
/// </summary>
internal static class DocumentTitle
{
    /// <summary>The title, as part of a component.</summary>
    /// <param name="title">What it says.</param>
    /// <param name="renderer">What renders the component.</param>
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
