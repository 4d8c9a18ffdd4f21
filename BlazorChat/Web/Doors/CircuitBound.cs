using BlazorChat.Accounts;
using BlazorChat.Languages;
using Microsoft.AspNetCore.SignalR;

namespace BlazorChat.Web;

/// <summary>
/// Refuses circuits beyond the bounds of a person and an address. A page that reconnects to its own circuit is not asked: it has its place.
/// The page is told why and when to ask again (boot.js), instead of by an error, which the framework would log each time.
/// </summary>
internal sealed class CircuitBound(PageBounds bounds, Refusals refusals) : IHubFilter
{
    /// <summary>The message to a page, with a sentence and the seconds until the next attempt.</summary>
    public const string WaitMessage = "BlazorChat.Wait";

    /// <inheritdoc />
    public ValueTask<object?> InvokeMethodAsync(HubInvocationContext invocationContext, Func<HubInvocationContext, ValueTask<object?>> next) =>
        // The methods that create a circuit.
        invocationContext.HubMethodName is "StartCircuit" or "ResumeCircuit" ? OpenAsync(invocationContext, next) : next(invocationContext);

    private async ValueTask<object?> OpenAsync(HubInvocationContext invocation, Func<HubInvocationContext, ValueTask<object?>> next)
    {
        var http = invocation.Context.GetHttpContext();
        if (bounds.Open(PersonPrincipal.Find(invocation.Context.User)?.Id, http?.Connection.RemoteIpAddress, out var place) is { } refusal)
        {
            refusals.Note(http, refusal);
            var words = http?.Words() ?? Words.English;
            await invocation.Hub.Clients.Caller.SendAsync(WaitMessage, $"{words[refusal.Reason]} {words[refusal.Advice]}", refusal.Seconds, invocation.Context.ConnectionAborted).ConfigureAwait(false);
            return null;
        }

        object? circuit = null;
        try
        {
            using (CircuitPlace.HandOver(place))
            {
                circuit = await next(invocation).ConfigureAwait(false);
            }

            return circuit;
        }
        finally
        {
            if (circuit is null)
            {
                // The framework does not dispose of the services of a circuit that it failed to create.
                place?.Dispose();
            }
        }
    }
}
