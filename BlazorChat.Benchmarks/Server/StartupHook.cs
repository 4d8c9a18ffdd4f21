#pragma warning disable CA1050, MA0047 // The runtime looks for exactly this: a class StartupHook in no namespace.
using BlazorChat.Benchmarks.Server;

/// <summary>
/// Lets the app load this assembly though it does not know it: named in DOTNET_STARTUP_HOOKS, the runtime loads it into
/// the app's process before its Main, after which ASP.NET Core finds <see cref="Probe"/> by the assembly's name in
/// ASPNETCORE_HOSTINGSTARTUPASSEMBLIES. Thus the app that is measured is the app itself, unchanged and with its own
/// runtime settings, and the product has no code for benchmarks.
/// </summary>
internal static class StartupHook
{
    /// <summary>Called by the runtime. That this assembly was loaded is all that is needed.</summary>
    public static void Initialize()
    {
    }
}
