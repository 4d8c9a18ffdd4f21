using System.Text;

namespace BlazorChat.Benchmarks.Circuits;

/// <summary>
/// What a browser says to a circuit's hub, framed and ready to send. Names and arguments are those of
/// <c>ComponentHub</c> in ASP.NET Core; types 1, 3, 6 and 7 are SignalR's invocation, completion, ping and close.
/// </summary>
internal static class HubMessages
{
    /// <summary>SignalR's type of a call from either side.</summary>
    public const int Invocation = 1;

    /// <summary>SignalR's type of a call's result.</summary>
    public const int Completion = 3;

    /// <summary>SignalR's type of a sign of life.</summary>
    public const int PingType = 6;

    /// <summary>SignalR's type of a farewell.</summary>
    public const int Close = 7;

    /// <summary>The id under which the response to <see cref="StartCircuit"/> comes back.</summary>
    public const string StartCircuitId = "0";

    /// <summary>The first bytes on the WebSocket: the protocol's name, as JSON with SignalR's record separator.</summary>
    public static readonly byte[] Handshake = Encoding.UTF8.GetBytes("{\"protocol\":\"blazorpack\",\"version\":1}\u001e");

    /// <summary>A sign of life: without one for 30 s the server gives the connection up.</summary>
    public static readonly byte[] Ping = new BlazorPackWriter().Array(1).Int64(PingType).ToFrame();

    /// <summary>Opens a circuit without components, as blazor.web.js does; they follow in <see cref="UpdateRootComponents"/>.</summary>
    public static byte[] StartCircuit(Uri baseUri, Uri page, string state) =>
        Call(StartCircuitId, "StartCircuit", 4).String(baseUri.ToString()).String(page.ToString()).String("[]").String(state).ToFrame();

    /// <summary>Makes the page's markers live.</summary>
    /// <param name="markers">Each marker's JSON as the page had it, in the page's order.</param>
    /// <param name="state">The page's persisted state.</param>
    public static byte[] UpdateRootComponents(IReadOnlyList<string> markers, string state)
    {
        var operations = markers.Select((marker, index) => $$"""{"type":"add","ssrComponentId":{{index + 1}},"marker":{{marker}}}""");
        var batch = $$"""{"batchId":1,"operations":[{{string.Join(',', operations)}}]}""";
        return Call(null, "UpdateRootComponents", 2).String(batch).String(state).ToFrame();
    }

    /// <summary>Says that a render batch was applied. The server holds back after ten that were not.</summary>
    public static byte[] RenderCompleted(long batch) =>
        Call(null, "OnRenderCompleted", 2).Int64(batch).Nil().ToFrame();

    /// <summary>Answers a JavaScript call.</summary>
    /// <param name="call">The call's number.</param>
    /// <param name="resultJson">Its result.</param>
    public static byte[] JavaScriptResult(long call, string resultJson) =>
        Call(null, "EndInvokeJSFromDotNet", 3).Int64(call).Boolean(true).String($"[{call},true,{resultJson}]").ToFrame();

    /// <summary>Calls a method of an object of the circuit that the page was given.</summary>
    /// <param name="call">An id for the call; the answer has it.</param>
    /// <param name="target">The object's number.</param>
    /// <param name="method">The method's name.</param>
    /// <param name="argumentsJson">The arguments, as a JSON array.</param>
    public static byte[] CallDotNet(string call, long target, string method, string argumentsJson) =>
        Call(null, "BeginInvokeDotNetFromJS", 5).String(call).Nil().String(method).Int64(target).String(argumentsJson).ToFrame();

    /// <summary>Says that the page has another address now.</summary>
    public static byte[] Navigate(Uri page) => Call(null, "OnLocationChanged", 3).String(page.ToString()).Nil().Boolean(false).ToFrame();

    private static BlazorPackWriter Call(string? id, string method, int arguments) =>
        new BlazorPackWriter().Array(5).Int64(Invocation).EmptyMap().String(id).String(method).Array(arguments);
}
