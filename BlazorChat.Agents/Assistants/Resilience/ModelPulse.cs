namespace BlazorChat.Assistants.Resilience;

/// <summary>
/// Tells the guard that the provider is alive although nothing of the response has come: servers that read a long prompt, or wait for a
/// place, send comments and pings meanwhile.
/// </summary>
internal static class ModelPulse
{
    private static readonly AsyncLocal<Action?> Listener = new();

    /// <summary>Called whenever anything comes from the provider of the request that is being made; null outside a guard.</summary>
    public static Action? Current
    {
        get => Listener.Value;
        set => Listener.Value = value;
    }

    /// <summary>Says that something has come.</summary>
    public static void Beat() => Current?.Invoke();
}
