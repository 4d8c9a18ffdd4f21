using System.Reflection;

namespace BlazorChat.Tests.Support;

/// <summary>Files as they stand in the repository.</summary>
public static class Repository
{
    private static readonly string Root = typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(a => a.Key == "RepositoryPath").Value!;

    public static string File(params string[] path) => Path.Combine([Root, .. path]);
}
