using System.Globalization;
using BlazorChat.Storage;
using BlazorChat.Storage.Moving;
using BlazorChat.Storage.Postgres;
using BlazorChat.Storage.Sqlite;

namespace BlazorChat;

/// <summary>
/// The command <c>dotnet BlazorChat.dll move Sqlite|PostgreSQL</c>: copies everything from the other database to the named one. The
/// settings say where both are. The source stays unchanged. The target gets everything or nothing.
/// </summary>
internal static class MoveCommand
{
    /// <summary>The command's name on the command line.</summary>
    public const string Name = "move";

    private const string Usage =
        """
        Usage: dotnet BlazorChat.dll move PostgreSQL [--Setting=value …]
               dotnet BlazorChat.dll move Sqlite [--Setting=value …]
        Copies everything from the other database to the named one: rooms, messages, files and the keys that sign cookies.
        The setting DataFolder names the folder of the SQLite database; Database:ConnectionString leads to the PostgreSQL database.
        Neither may be in use, and the target must be empty. The source stays unchanged.
        """;

    /// <summary>Runs the command.</summary>
    /// <param name="args">The arguments after the command's name.</param>
    /// <param name="output">Receives the result, or the usage if the arguments are wrong.</param>
    /// <param name="cancellationToken">Cancels the move; nothing is added to the target.</param>
    /// <returns>The process's exit code: 0, or 2 if the arguments are wrong.</returns>
    /// <exception cref="StartException">A database cannot be used or is in use, or the target is not empty. Nothing was added to it.</exception>
    public static async Task<int> RunAsync(string[] args, TextWriter output, CancellationToken cancellationToken)
    {
        if (args is not [var name, .. var settings] || char.IsAsciiDigit(name.FirstOrDefault()) || !Enum.TryParse<DatabaseKind>(name, ignoreCase: true, out var target))
        {
            await output.WriteLineAsync(Usage).ConfigureAwait(false);
            return 2;
        }

        var builder = BlazorChatApp.CreateBuilder(settings);
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        var connectionString = builder.Configuration[$"{DatabaseOptions.Section}:{nameof(DatabaseOptions.ConnectionString)}"];
        if (string.IsNullOrWhiteSpace(connectionString))
        {
            throw new StartException("The setting Database:ConnectionString must say where the PostgreSQL database is.");
        }

        var folder = SqliteServices.DataFolder(builder);
        var postgres = new PostgresMove(builder, builder.Build, connectionString);
        await using var _ = postgres.ConfigureAwait(false);
        using var sqlite = new SqliteMove(folder);
        try
        {
            var counts = target == DatabaseKind.PostgreSQL
                ? await MoveAsync(sqlite, postgres, cancellationToken).ConfigureAwait(false)
                : await MoveAsync(postgres, sqlite, cancellationToken).ConfigureAwait(false);
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"Moved {counts.Rooms} rooms, {counts.Messages} messages and {counts.Others} other rows to {target}. The source is unchanged. Set Database:Provider to {target} before the next start.")).ConfigureAwait(false);
            return 0;
        }
        catch (Exception e) when (e is not StartException && SqliteErrors.Of(folder, e) is not null)
        {
            throw new StartException(SqliteErrors.Of(folder, e)!.Message, e);
        }
        catch (Exception e) when (e is not StartException && PostgresFailures.IsFailure(e))
        {
            // Reading rows from PostgreSQL for the SQLite folder failed.
            throw new StartException(PostgresFailures.Message(e), e);
        }
    }

    private static async Task<MoveCounts> MoveAsync(IMoveSource source, IMoveTarget target, CancellationToken cancellationToken)
    {
        var from = await source.OpenAsync(cancellationToken).ConfigureAwait(false);
        await using (from.ConfigureAwait(false))
        {
            var keys = await source.ReadKeysAsync(cancellationToken).ConfigureAwait(false);
            return await target.WriteAsync(keys, to => RowCopy.RunAsync(from, to, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
    }
}
