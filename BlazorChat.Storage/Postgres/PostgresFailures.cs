using System.Data.Common;
using System.Net.Sockets;
using BlazorChat.Rooms;
using Npgsql;

namespace BlazorChat.Storage.Postgres;

/// <summary>Failures of PostgreSQL, without the names of users and databases that the server's messages contain.</summary>
internal static class PostgresFailures
{
    private const string Setting = "in the setting Database:ConnectionString";

    /// <summary>One sentence for the operator, naming the setting.</summary>
    public static string Message(Exception failure) => Find<PostgresException>(failure)?.SqlState switch
    {
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification => $"The PostgreSQL server refused the user or password {Setting}.",
        PostgresErrorCodes.InvalidCatalogName => $"The database {Setting} does not exist on the PostgreSQL server. Please create it first.",
        PostgresErrorCodes.InsufficientPrivilege => $"The user {Setting} has no permission to create and change tables in the database.",
        PostgresErrorCodes.TooManyConnections => $"The PostgreSQL server {Setting} accepts no more connections.",
        PostgresErrorCodes.CannotConnectNow => $"The PostgreSQL server {Setting} is starting up or shutting down.",
        { } state => $"The PostgreSQL database {Setting} cannot be used (server code {state}).",
        null when Find<SocketException>(failure) is { } socket => $"The PostgreSQL server {Setting} cannot be reached ({socket.SocketErrorCode}).",
        null when Find<TimeoutException>(failure) is not null => $"The PostgreSQL server {Setting} did not answer in time.",
        null => $"The PostgreSQL server {Setting} cannot be used.",
    };

    /// <summary>Whether the exception comes from the database.</summary>
    public static bool IsFailure(Exception thrown) => Find<DbException>(thrown) is not null || Find<StorageUnavailableException>(thrown) is not null;

    /// <summary>The failure itself, or one with only the server's code when its text may name the user or the database.</summary>
    public static Exception Tellable(Exception failure) =>
        Find<PostgresException>(failure) is { SqlState: var state } && MayName(state) ? new InvalidOperationException($"PostgreSQL failed with code {state}.") : failure;

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
