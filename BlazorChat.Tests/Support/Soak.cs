using System.Reflection;
using Xunit.Sdk;

namespace BlazorChat.Tests.Support;

/// <summary>
/// Walks that repeat one thing many times: the ordinary run takes a sample of them with the same seed, <c>eng/test.sh soak</c> the whole.
/// </summary>
internal static class Soak
{
    /// <summary>Whether this is the soak run.</summary>
    public static bool IsWhole { get; } = Environment.GetEnvironmentVariable("BLAZORCHAT_SOAK") == "1";

    /// <summary>How often to repeat.</summary>
    /// <param name="sample">In the ordinary run.</param>
    /// <param name="whole">In the soak run.</param>
    public static int Times(int sample, int whole) => IsWhole ? whole : sample;
}

/// <summary>A row of a theory that the soak run alone takes: the ordinary run has others of its kind.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class SoakDataAttribute(params object?[] values) : DataAttribute
{
    public override IEnumerable<object?[]> GetData(MethodInfo testMethod) => Soak.IsWhole ? [values] : [];
}
