using System.Globalization;
using BlazorChat.Storage;
using BlazorChat.Storage.Moving;
using BlazorChat.Storage.Postgres;
using BlazorChat.Storage.Sqlite;

namespace BlazorChat;

/// <summary>
/// <c>dotnet BlazorChat.dll move Sqlite|PostgreSQL</c>: takes everything to the database that is named, from the other one. The
/// settings say where both are. The source stays as it is; the target gets all or nothing.
/// </summary>
internal static class MoveCommand
{
    /// <summary>The command's name on the command line.</summary>
    public const string Name = "move";

    private const string Usage =
        """
        Usage: dotnet BlazorChat.dll move PostgreSQL [--Setting=value …]
               dotnet BlazorChat.dll move Sqlite [--Setting=value …]
        Takes everything to the database that is named, from the other one: rooms, messages, files and the keys that sign cookies.
        SQLite is in the folder that the setting DataFolder names, PostgreSQL where the setting Database:ConnectionString says.
        Neither may be in use, and the target must be empty. The source stays as it is.
        """;

    /// <summary>Runs the command.</summary>
    /// <param name="args">What follows its name.</param>
    /// <param name="output">Where to say what was done.</param>
    /// <param name="cancellationToken">Gives up; the target then has nothing.</param>
    /// <returns>The process's exit code: 0, or 2 when the arguments are wrong.</returns>
    /// <exception cref="StartException">A database cannot be used, is in use, or the target is not empty; the target has nothing of this.</exception>
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
                $"Moved {counts.Rooms} rooms, {counts.Messages} messages and {counts.Others} other rows to {target}. The source is as it was. Set Database:Provider to {target} before the next start.")).ConfigureAwait(false);
            return 0;
        }
        catch (Exception e) when (e is not StartException && SqliteErrors.Of(folder, e) is not null)
        {
            throw new StartException(SqliteErrors.Of(folder, e)!.Message, e);
        }
        catch (Exception e) when (e is not StartException && PostgresFailures.IsFailure(e))
        {
            // While rows were read for the folder.
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
