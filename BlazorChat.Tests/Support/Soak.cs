namespace BlazorChat.Tests.Support;

/// <summary>
/// Walks that repeat one thing many times: the ordinary run takes a sample of them with the same seed, <c>eng/test.sh soak</c> the whole.
/// </summary>
internal static class Soak
{
    private static readonly bool _isWhole = Environment.GetEnvironmentVariable("BLAZORCHAT_SOAK") == "1";

    /// <summary>How often to repeat.</summary>
    /// <param name="sample">In the ordinary run.</param>
    /// <param name="whole">In the soak run.</param>
    public static int Times(int sample, int whole) => _isWhole ? whole : sample;
}
