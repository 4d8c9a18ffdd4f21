using System.Diagnostics;
using OpenTelemetry;

namespace BlazorChat;

/// <summary>
/// Takes out of spans what can repeat contents or keys, whichever library wrote it: statements, all of an address but
/// its server (paths and queries carry keys; which page was asked for is in <c>http.route</c>), the database's name, by which
/// Entity Framework's spans are called, and the messages of exceptions (a tool's own, a database's). The kind of a failure stays, as <c>error.type</c>.
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
            // Null takes it away.
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
