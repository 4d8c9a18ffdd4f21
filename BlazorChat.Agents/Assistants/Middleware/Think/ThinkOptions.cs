using System.ComponentModel.DataAnnotations;

namespace BlazorChat.Assistants.Middleware.Think;

/// <summary>Settings of the middleware <c>think</c>.</summary>
internal sealed class ThinkOptions
{
    /// <summary>The tag's name; compared without case.</summary>
    [Required]
    [RegularExpression("^[A-Za-z][A-Za-z0-9_:-]{0,31}$", ErrorMessage = "It must be a tag's name of 1 to 32 letters and digits.")]
    public string Tag { get; set; } = "think";

    /// <summary>Whether the tag counts anywhere; otherwise only at the start of a response, so that it can be spoken about.</summary>
    public bool Anywhere { get; set; }

    /// <summary>Whether answers begin with reasoning though no tag says so: the templates of some models write the opening tag themselves.</summary>
    public bool StartsInside { get; set; }
}
