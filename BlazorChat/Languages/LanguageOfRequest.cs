using Microsoft.Net.Http.Headers;

namespace BlazorChat.Languages;

/// <summary>Which language the response to a request is in.</summary>
public static class LanguageOfRequest
{
    /// <summary>The name of the cookie of a language that was chosen in the menu; its value is the language's tag.</summary>
    public const string ChoiceCookie = "language-choice";

    /// <summary>The name of the cookie in which theme.js stores the browser's language (BCP 47).</summary>
    public const string BrowserCookie = "language";

    /// <summary>
    /// The language that was chosen, else the browser's, else the first here of those that the request accepts, else English.
    /// </summary>
    public static Words Words(this HttpContext context)
    {
        var cookies = context.Request.Cookies;
        return Languages.Words.Find(cookies[ChoiceCookie]) ?? Languages.Words.Find(cookies[BrowserCookie]) ?? Accepted(context.Request) ?? Languages.Words.English;
    }

    /// <summary>The language that was chosen; null for that of the browser.</summary>
    public static Words? ChosenWords(this HttpContext context) => Languages.Words.Find(context.Request.Cookies[ChoiceCookie]);

    private static Words? Accepted(HttpRequest request) => StringWithQualityHeaderValue.TryParseList(request.Headers.AcceptLanguage, out var languages)
        ? languages.Where(l => l.Quality is not 0).OrderByDescending(l => l.Quality ?? 1).Select(l => Languages.Words.Find(l.Value.Value)).FirstOrDefault(w => w is not null)
        : null;
}
