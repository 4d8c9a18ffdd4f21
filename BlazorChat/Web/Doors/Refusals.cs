using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Encodings.Web;
using BlazorChat.Languages;
using BlazorChat.Text;

namespace BlazorChat.Web;

/// <summary>What a refusal says in a language.</summary>
/// <param name="Title">The page's heading, without a period.</param>
/// <param name="Reason">What the request did, in one sentence, for people and the log.</param>
/// <param name="Advice">What people and the operator can do, one sentence each.</param>
internal sealed record RefusalText(string Title, string Reason, params string[] Advice);

/// <summary>
/// Refuses requests and always says why: to people on a page, to scripts as text, and to the operator in the log (in English), with the
/// setting that would change it. No page of the application can be used for this, because its style sheets and circuit would be refused, too.
/// </summary>
internal sealed partial class Refusals(TimeProvider time, ILogger<Refusals> logger)
{
    /// <summary>What the operator can do about too many pages.</summary>
    private const string PagesAdvice = "If people need more, raise the limits in Web:Pages.";

    /// <summary>The same refusal is logged once in this time, so that nobody can fill the log.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);

    private const int MostRemembered = 100;

    private const int MostLogged = 200;

    private readonly ConcurrentDictionary<string, long> _logged = new(StringComparer.Ordinal);

    /// <summary>Answers a request with a refusal.</summary>
    /// <param name="context">The request.</param>
    /// <param name="status">The status code.</param>
    /// <param name="say">What it says.</param>
    public Task RefuseAsync(HttpContext context, int status, Func<Words, RefusalText> say)
    {
        var (_, reason, advice) = say(Words.English);
        Log(context, reason, string.Join(' ', advice));
        return AnswerAsync(context, status, say);
    }

    private static Task AnswerAsync(HttpContext context, int status, Func<Words, RefusalText> say)
    {
        var words = context.Words();
        var (title, reason, advice) = say(words);
        var response = context.Response;
        response.StatusCode = status;
        response.Headers.CacheControl = "no-store";
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return Task.CompletedTask;
        }

        if (!context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase))
        {
            response.ContentType = "text/plain; charset=utf-8";
            return response.WriteAsync(string.Join(' ', advice.Prepend(reason)), context.RequestAborted);
        }

        response.ContentType = "text/html; charset=utf-8";
        return response.WriteAsync(
            $"""
            <!DOCTYPE html>
            <html lang="{words.Tag}">
            <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <meta name="color-scheme" content="light dark">
                <title>{Html(context.RequestServices.GetRequiredService<ServerLook>().Title(title))}</title>
            </head>
            <body>
                <h1>{Html(title)}</h1>
                <p>{string.Join("</p>\n    <p>", advice.Prepend(reason).Select(Html))}</p>
            </body>
            </html>

            """,
            context.RequestAborted);
    }

    /// <summary>Tells a page to wait: people read why, and browsers try again by themselves.</summary>
    public Task HaveWaitAsync(HttpContext context, PageRefusal refusal)
    {
        var seconds = refusal.Seconds.ToString(CultureInfo.InvariantCulture);
        context.Response.Headers.RetryAfter = seconds;
        if (HttpMethods.IsGet(context.Request.Method))
        {
            context.Response.Headers["Refresh"] = seconds;
        }

        Note(context, refusal);
        return AnswerAsync(context, StatusCodes.Status429TooManyRequests, words => new RefusalText(words["Refusal_TooManyPages"], words[refusal.Reason], words[refusal.Advice]));
    }

    /// <summary>Logs a refusal that is told in another way.</summary>
    /// <param name="context">The request, if there is one.</param>
    /// <param name="refusal">The refusal.</param>
    public void Note(HttpContext? context, PageRefusal refusal)
    {
        if (context is not null)
        {
            Log(context, Words.English[refusal.Reason], PagesAdvice);
        }
    }

    /// <summary>A value from a request, as it can be shown and logged.</summary>
    public static string Shown(string value) => TextCut.Excerpt(Names.WithoutControls(value), MostLogged);

    private static string Html(string text) => HtmlEncoder.Default.Encode(text);

    private void Log(HttpContext context, string reason, string advice)
    {
        var now = time.GetTimestamp();
        if (_logged.TryGetValue(reason, out var last) && time.GetElapsedTime(last, now) < Quiet)
        {
            return;
        }

        if (_logged.Count >= MostRemembered)
        {
            foreach (var (key, at) in _logged)
            {
                if (time.GetElapsedTime(at, now) >= Quiet)
                {
                    _logged.TryRemove(key, out _);
                }
            }

            if (_logged.Count >= MostRemembered)
            {
                return;
            }
        }

        _logged[reason] = now;
        LogRefused(Shown(context.Request.Method), Shown(context.Request.Path), context.Connection.RemoteIpAddress, reason, advice);
    }

    [LoggerMessage(LogLevel.Warning, "Refused {Method} {Path} from {Address}: {Reason} {Advice}")]
    private partial void LogRefused(string method, string path, System.Net.IPAddress? address, string reason, string advice);
}
