using System.Globalization;
using BlazorChat.Languages;
using BlazorChat.Rooms;

namespace BlazorChat.Web;

/// <summary>How a page that was posted to says why it did not do what was asked: in a sentence, and in the response's status for other programs.</summary>
internal static class FormRefusals
{
    /// <summary>Has the response say that one has to wait, if it is that.</summary>
    /// <param name="context">The request.</param>
    /// <param name="error">Why the form was refused; null if it was not.</param>
    /// <returns>The sentence for the page; null for none.</returns>
    public static string? Refuse(this HttpContext context, RoomError? error)
    {
        if (error?.RetryAfter is { } wait)
        {
            context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            context.Response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        return context.Words().Of(error);
    }
}
