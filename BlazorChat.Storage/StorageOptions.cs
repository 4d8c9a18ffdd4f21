namespace BlazorChat.Storage;

/// <summary>Where the app keeps what it must not lose.</summary>
internal sealed class StorageOptions
{
    /// <summary>
    /// Setting <c>DataFolder</c>: folder of SQLite's file and the data-protection keys, made when missing; not used with PostgreSQL. Relative to the
    /// app's content root; <c>data</c> by default.
    /// </summary>
    public string DataFolder { get; set; } = "data";
}
