using System.ComponentModel.DataAnnotations;

namespace BlazorChat.Assistants.Middleware.Think;

/// <summary>Settings of the middleware <c>think</c>.</summary>
internal sealed class ThinkOptions
{
    /// <summary>The tag's name; case is ignored. Default: the names that models use (<see cref="ThinkTags"/>).</summary>
    [RegularExpression("^[A-Za-z][A-Za-z0-9_:-]{0,31}$", ErrorMessage = "It must be a tag name of 1 to 32 letters and digits.")]
    public string? Tag { get; set; }

    /// <summary>Whether the tag counts anywhere outside code. Otherwise it counts at the start of a response, on a line of its own, and after it has been used, so that a model can write about the tag.</summary>
    public bool Anywhere { get; set; }

    /// <summary>Whether responses begin with reasoning even without a tag: some models' templates write the opening tag themselves.</summary>
    public bool StartsInside { get; set; }
}
