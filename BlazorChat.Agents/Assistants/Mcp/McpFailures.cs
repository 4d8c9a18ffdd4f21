using System.ComponentModel;
using BlazorChat.Text;
using ModelContextProtocol;

namespace BlazorChat.Assistants.Mcp;

/// <summary>Failures of a server as sentences for people: no addresses, headers, environment or stack traces.</summary>
internal static class McpFailures
{
    private const int NoSuchFile = 2;
    private const int NotAllowed = 13;

    /// <summary>The most characters of a server's own message that are passed on.</summary>
    private const int WordsLength = 2_000;

    public static string Exited(McpServerOptions options, int exitCode) => $"The program of '{options.Name}' ended (exit code {exitCode}).";

    public static string Closed(McpServerOptions options) => $"The connection to '{options.Name}' ended.";

    /// <summary>Why a connection failed or was given up.</summary>
    public static string Message(McpServerOptions options, Exception exception) => exception switch
    {
        OperationCanceledException or TimeoutException => $"'{options.Name}' did not answer within {options.ConnectTimeout.TotalSeconds:0.#} seconds.",
        Win32Exception { NativeErrorCode: NoSuchFile } => $"The program of '{options.Name}' or its working directory was not found.",
        Win32Exception { NativeErrorCode: NotAllowed } => $"This application is not allowed to run the program of '{options.Name}'.",
        Win32Exception => $"The program of '{options.Name}' could not be started.",
        McpServerExitedException exited => Exited(options, exited.ExitCode),
        _ when Find<McpMessageTooLongException>(exception) is { } tooLong => $"'{options.Name}' sent a message of more than {tooLong.Limit:N0} bytes.",
        HttpRequestException { StatusCode: { } status } => $"'{options.Name}' answered with HTTP status {(int)status} ({status}).",
        McpProtocolException protocol => $"'{options.Name}' refused: {Words(protocol.Message)}",
        HttpRequestException => $"'{options.Name}' could not be reached.",
        IOException => Closed(options),
        _ => $"'{options.Name}' sent something that could not be understood.",
    };

    /// <summary>Why a call has no result.</summary>
    public static string Call(McpServerOptions options, string tool, Exception exception, bool isClosed) => exception switch
    {
        McpProtocolException protocol => $"The tool server '{options.Name}' refused the call: {Words(protocol.Message)}",
        _ when Find<McpMessageTooLongException>(exception) is { } tooLong => $"The result of '{tool}' is too long: it has more than {tooLong.Limit:N0} bytes.",
        _ when isClosed || exception is IOException or HttpRequestException or McpException =>
            $"The connection to the tool server '{options.Name}' was lost while '{tool}' ran. The call may or may not have had an effect. BlazorChat will reconnect.",
        _ => $"The tool server '{options.Name}' answered the call of '{tool}' with something that could not be understood.",
    };

    /// <summary>Why a call was not made.</summary>
    public static string Away(McpServerOptions options, string tool) =>
        $"The tool server '{options.Name}' is not connected, so '{tool}' was not run. BlazorChat will reconnect.";

    /// <summary>A server's own message, bounded, with a mark if it was cut.</summary>
    public static string Words(string words) =>
        words.Length <= WordsLength ? words : $"{TextCut.Beginning(words, WordsLength)}… ({words.Length:N0} characters in all)";

    /// <summary>The exception of this type among an exception and its causes, or null.</summary>
    public static T? Find<T>(Exception? exception)
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
