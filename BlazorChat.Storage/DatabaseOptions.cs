namespace BlazorChat.Storage;

/// <summary>The supported databases.</summary>
internal enum DatabaseKind
{
    /// <summary>A file in the data folder; no server needed.</summary>
    Sqlite,

    /// <summary>A database on a PostgreSQL server.</summary>
    PostgreSQL,
}

/// <summary>Section <c>Database</c>: the database for rooms and messages.</summary>
internal sealed class DatabaseOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Database";

    /// <summary><c>Database:Provider</c>: <c>Sqlite</c> (the default) or <c>PostgreSQL</c>.</summary>
    public DatabaseKind Provider { get; private init; }

    /// <summary>
    /// <c>Database:ConnectionString</c>: an Npgsql connection string with host and database, for <see cref="DatabaseKind.PostgreSQL"/>
    /// only. Secret.
    /// </summary>
    public string? ConnectionString { get; private init; }

    /// <summary>Reads and checks the section.</summary>
    /// <exception cref="StartException">A setting is wrong. The message names it, but never contains its value.</exception>
    public static DatabaseOptions Read(IConfiguration configuration)
    {
        var section = configuration.GetSection(Section);
        var provider = section[nameof(Provider)];
        var kind = DatabaseKind.Sqlite;
        if (!string.IsNullOrWhiteSpace(provider) && (!Enum.TryParse(provider, ignoreCase: true, out kind) || !Enum.IsDefined(kind) || char.IsAsciiDigit(provider.Trim()[0])))
        {
            throw new StartException("The setting Database:Provider must be Sqlite or PostgreSQL.");
        }

        var unknown = section.GetChildren().Select(child => child.Key)
            .FirstOrDefault(key => !key.Equals(nameof(Provider), StringComparison.OrdinalIgnoreCase) && !key.Equals(nameof(ConnectionString), StringComparison.OrdinalIgnoreCase));
        if (unknown is not null)
        {
            throw new StartException($"There is no setting Database:{unknown}.");
        }

        var connection = section[nameof(ConnectionString)];
        var hasConnection = !string.IsNullOrWhiteSpace(connection);
        if (hasConnection != (kind == DatabaseKind.PostgreSQL))
        {
            throw new StartException(hasConnection
                ? "The setting Database:ConnectionString is only for PostgreSQL, but Database:Provider is Sqlite, which keeps its file in DataFolder."
                : "The setting Database:ConnectionString is required because Database:Provider is PostgreSQL.");
        }

        return new DatabaseOptions { Provider = kind, ConnectionString = hasConnection ? connection : null };
    }
}
