using System.Diagnostics;
using OpenTelemetry;

namespace BlazorChat;

/// <summary>
/// Removes everything from spans that can repeat contents or keys, whichever library wrote it: SQL statements, addresses except for
/// the server (paths and queries carry keys; the requested page is in <c>http.route</c>), the database's name, which Entity Framework
/// uses as the name of its spans, and the messages of exceptions from tools and databases. The kind of a failure stays, as
/// <c>error.type</c>.
/// </summary>
internal sealed class SpanDiscretion : BaseProcessor<Activity>
{
    private static readonly string[] Contents = ["db.name", "db.namespace", "db.query.text", "db.statement", "peer.service", "url.path", "url.query"];

    public override void OnEnd(Activity data)
    {
        if (data.Source.Name == "OpenTelemetry.Instrumentation.EntityFrameworkCore")
        {
            data.DisplayName = "database command";
        }

        foreach (var tag in Contents)
        {
            // Null removes the tag.
            data.SetTag(tag, null);
        }

        if (data.GetTagItem("url.full") is string address)
        {
            data.SetTag("url.full", Uri.TryCreate(address, UriKind.Absolute, out var uri) ? $"{uri.Scheme}://{uri.Authority}/" : null);
        }

        if (data.StatusDescription is not null)
        {
            data.SetStatus(data.Status);
        }
    }
}
