using BlazorChat.Accounts;
using BlazorChat.Storage;
using BlazorChat.Text;

namespace BlazorChat;

/// <summary>
/// The command <c>dotnet BlazorChat.dll admin NAME</c>: makes somebody an administrator and prints a link with which they set a password.
/// Whoever can run it has the server's data anyway.
/// </summary>
internal static class AdminCommand
{
    /// <summary>The command's name on the command line.</summary>
    public const string Name = "admin";

    private const string Usage =
        """
        Usage: dotnet BlazorChat.dll admin NAME [--Setting=value …]
        Makes the account with this name an administrator, creating it if there is none, and prints a link to choose a password. The
        link works once, for an hour. The server must not be running: stop it, run the command, and start it again.
        """;

    /// <summary>Runs the command.</summary>
    /// <param name="args">The arguments after the command's name.</param>
    /// <param name="output">Receives the link, or the usage if the arguments are wrong.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>The process's exit code: 0, or 2 if the arguments are wrong.</returns>
    /// <exception cref="StartException">The database cannot be used, or the server is running.</exception>
    public static async Task<int> RunAsync(string[] args, TextWriter output, CancellationToken cancellationToken)
    {
        if (args is not [var name, .. var settings] || name.StartsWith('-'))
        {
            await output.WriteLineAsync(Usage).ConfigureAwait(false);
            return 2;
        }

        var app = await CreateAsync(settings).ConfigureAwait(false);
        await using var _ = app.ConfigureAwait(false);
        var scope = app.Services.CreateAsyncScope();
        await using var __ = scope.ConfigureAwait(false);
        var token = await scope.ServiceProvider.GetRequiredService<AccountAdministration>().AppointAsync(name, cancellationToken).ConfigureAwait(false);
        if (token.Error is { } error)
        {
            await output.WriteLineAsync(error.Message).ConfigureAwait(false);
            return 2;
        }

        var url = app.Configuration["urls"]?.Split(';')[0].TrimEnd('/') ?? "http://localhost:5000";
        var pathBase = app.Services.GetRequiredService<BlazorChat.Web.DoorOptions>().PathBase.ToUriComponent();
        await output.WriteLineAsync(
            $"""
            {Names.WithoutControls(name.Trim())} is an administrator now. Start the server, and open this link on its address within an hour to choose a password:
            {url}{pathBase}/{AccountLinks.Reset(token.Value)}
            """).ConfigureAwait(false);
        return 0;
    }

    private static async Task<WebApplication> CreateAsync(string[] settings)
    {
        try
        {
            return await BlazorChatApp.CreateAsync(settings, builder => builder.Logging.SetMinimumLevel(LogLevel.Error), hasPages: false).ConfigureAwait(false);
        }
        catch (StartException e)
        {
            throw new StartException($"{e.Message} If the server is running, stop it before this command, and start it again afterwards.", e);
        }
    }
}
