using System.ComponentModel;
using BlazorChat.Text;
using ModelContextProtocol;

namespace BlazorChat.Assistants.Mcp;

/// <summary>What went wrong with a server, in sentences for people: no addresses, headers, environment or stack traces.</summary>
internal static class McpFailures
{
    private const int NoSuchFile = 2;
    private const int NotAllowed = 13;

    /// <summary>Longest piece of a server's own words that is passed on.</summary>
    private const int WordsLength = 2_000;

    public static string Exited(McpServerOptions options, int exitCode) => $"The program of '{options.Name}' ended (exit code {exitCode}).";

    public static string Closed(McpServerOptions options) => $"The connection to '{options.Name}' ended.";

    /// <summary>Why a server could not be connected, or was given up.</summary>
    public static string Message(McpServerOptions options, Exception exception) => exception switch
    {
        OperationCanceledException or TimeoutException => $"'{options.Name}' did not answer within {options.ConnectTimeout.TotalSeconds:0.#} seconds.",
        Win32Exception { NativeErrorCode: NoSuchFile } => $"The program of '{options.Name}' or its working directory was not found.",
        Win32Exception { NativeErrorCode: NotAllowed } => $"The program of '{options.Name}' may not be run by this application.",
        Win32Exception => $"The program of '{options.Name}' cannot be started.",
        McpServerExitedException exited => Exited(options, exited.ExitCode),
        _ when Find<McpMessageTooLongException>(exception) is { } tooLong => $"'{options.Name}' sent a message of more than {tooLong.Limit:N0} bytes.",
        HttpRequestException { StatusCode: { } status } => $"'{options.Name}' answered with HTTP status {(int)status} ({status}).",
        McpProtocolException protocol => $"'{options.Name}' refused: {Words(protocol.Message)}",
        HttpRequestException => $"'{options.Name}' cannot be reached.",
        IOException => Closed(options),
        _ => $"What '{options.Name}' sent could not be understood.",
    };

    /// <summary>Why a call has no result.</summary>
    public static string Call(McpServerOptions options, string tool, Exception exception, bool isClosed) => exception switch
    {
        McpProtocolException protocol => $"The tool server '{options.Name}' refused the call: {Words(protocol.Message)}",
        _ when Find<McpMessageTooLongException>(exception) is { } tooLong => $"The result of '{tool}' has more than {tooLong.Limit:N0} bytes, which is too long.",
        _ when isClosed || exception is IOException or HttpRequestException or McpException =>
            $"The tool server '{options.Name}' went away while '{tool}' ran. Whether the call had an effect is not known. The server will be connected again.",
        _ => $"What the tool server '{options.Name}' answered to '{tool}' could not be understood.",
    };

    /// <summary>A call that was not made.</summary>
    public static string Away(McpServerOptions options, string tool) =>
        $"The tool server '{options.Name}' is away at the moment, so '{tool}' was not run. It will be connected again.";

    /// <summary>A server's own words, bounded and marked where they are cut.</summary>
    public static string Words(string words) =>
        words.Length <= WordsLength ? words : $"{TextCut.Beginning(words, WordsLength)}… ({words.Length:N0} characters in all)";

    private static T? Find<T>(Exception? exception)
        where T : Exception
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is T found)
            {
                return found;
            }
        }

        return null;
    }
}
