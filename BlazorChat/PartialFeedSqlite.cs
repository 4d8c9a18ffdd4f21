using System.Runtime.CompilerServices;
using System.Runtime.Loader;

namespace BlazorChat;

/// <summary>
/// EF Core's SQLite provider is compiled against SQLitePCLRaw.core 2.1, the partial feed restores 2.0.6 (see
/// eng/PartialFeed.props). The API in use is the same, only the assembly version differs, so the reference is
/// answered with the file that is there. Never called on a build from the full gallery, where versions match.
/// </summary>
internal static class PartialFeedSqlite
{
#pragma warning disable CA2255 // A module initializer in an application: it must run before EF Core first touches SQLite.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void ResolveSqliteCore() =>
        AssemblyLoadContext.Default.Resolving += static (context, name) =>
            name.Name is "SQLitePCLRaw.core"
                ? context.LoadFromAssemblyPath(Path.Combine(AppContext.BaseDirectory, "SQLitePCLRaw.core.dll"))
                : null;
}
