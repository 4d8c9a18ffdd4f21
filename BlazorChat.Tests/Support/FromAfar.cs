using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace BlazorChat.Tests.Support;

/// <summary>Has requests come from another address than this machine's, which has no limits: 203.0.113.5, or that in a header.</summary>
internal sealed class FromAfar : IStartupFilter
{
    public const string Header = "Test-Address";

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use((context, go) =>
        {
            context.Connection.RemoteIpAddress = IPAddress.Parse(context.Request.Headers[Header].FirstOrDefault() ?? "203.0.113.5");
            return go(context);
        });
        next(app);
    };
}
