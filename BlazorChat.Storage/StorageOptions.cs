namespace BlazorChat.Storage;

/// <summary>The location of SQLite's data.</summary>
internal sealed class StorageOptions
{
    /// <summary>
    /// Setting <c>DataFolder</c>: the folder of the SQLite file and the data-protection keys, created if it does not exist; not used with
    /// PostgreSQL. Relative to the application's content root; <c>data</c> by default.
    /// </summary>
    public string DataFolder { get; set; } = "data";
}
