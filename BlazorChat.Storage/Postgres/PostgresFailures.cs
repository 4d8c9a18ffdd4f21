using System.Data.Common;
using System.Net.Sockets;
using BlazorChat.Rooms;
using Npgsql;

namespace BlazorChat.Storage.Postgres;

/// <summary>Failures of PostgreSQL, told without the names of users and databases that the server puts into them.</summary>
internal static class PostgresFailures
{
    private const string Setting = "The setting Database:ConnectionString";

    /// <summary>One sentence for whoever starts the app, naming the setting.</summary>
    public static string Message(Exception failure) => Find<PostgresException>(failure)?.SqlState switch
    {
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification => $"{Setting} names a user or a password that the PostgreSQL server refuses.",
        PostgresErrorCodes.InvalidCatalogName => $"{Setting} names a database that does not exist on the PostgreSQL server. Please create it first.",
        PostgresErrorCodes.InsufficientPrivilege => $"{Setting} names a user who may not do in this database what BlazorChat needs: making and changing tables.",
        PostgresErrorCodes.TooManyConnections => $"{Setting} names a PostgreSQL server that takes no more connections.",
        PostgresErrorCodes.CannotConnectNow => $"{Setting} names a PostgreSQL server that is starting up or shutting down.",
        { } state => $"{Setting} names a PostgreSQL database that cannot be used (the server's code is {state}).",
        null when Find<SocketException>(failure) is { } socket => $"{Setting} names a PostgreSQL server that cannot be reached ({socket.SocketErrorCode}).",
        null when Find<TimeoutException>(failure) is not null => $"{Setting} names a PostgreSQL server that does not answer in time.",
        null => $"{Setting} names a PostgreSQL server that cannot be used.",
    };

    /// <summary>Whether it comes from the database.</summary>
    public static bool IsFailure(Exception thrown) => Find<DbException>(thrown) is not null || Find<StorageUnavailableException>(thrown) is not null;

    /// <summary>The failure itself, or one that says only the server's code when its text may name the user or the database.</summary>
    public static Exception Tellable(Exception failure) =>
        Find<PostgresException>(failure) is { SqlState: var state } && MayName(state) ? new InvalidOperationException($"The PostgreSQL server's code is {state}.") : failure;

    private static bool MayName(string state) =>
        state is PostgresErrorCodes.InsufficientPrivilege
        || state.StartsWith("28", StringComparison.Ordinal)
        || state.StartsWith("3D", StringComparison.Ordinal)
        || state.StartsWith("53", StringComparison.Ordinal)
        || state.StartsWith("55", StringComparison.Ordinal);

    private static T? Find<T>(Exception? failure)
        where T : Exception
    {
        for (; failure is not null; failure = failure.InnerException)
        {
            if (failure is T found)
            {
                return found;
            }
        }

        return null;
    }
}
