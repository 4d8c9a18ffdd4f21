namespace BlazorChat.Tests.Support;

/// <summary>What must happen soon is awaited with a limit that only something that hangs can reach, however busy the machine.</summary>
public static class HangGuard
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
}
