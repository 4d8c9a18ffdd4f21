using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Support;

/// <summary>Passwords of people in tests.</summary>
internal static class Passwords
{
    /// <summary>A hash that is meant to take a tenth of a second would be most of what tests of accounts do.</summary>
    public static void HashQuickly(IServiceCollection services) => services.Configure<PasswordHasherOptions>(options => options.IterationCount = 1_000);
}
