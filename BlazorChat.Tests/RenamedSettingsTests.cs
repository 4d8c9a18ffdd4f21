using BlazorChat.Assistants;
using BlazorChat.Tests.Support;
using BlazorChat.Turns;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace BlazorChat.Tests;

/// <summary>A setting that was renamed is also read by its old name, with a warning.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class RenamedSettingsTests
{
    [Fact]
    public async Task The_old_name_counts_and_the_start_warns_of_it()
    {
        using var log = new LogCapture();
        await using var host = await ChatHost.StartAsync(
            builder => builder.Logging.AddProvider(log), null, ["--Replies:MaxRunningTurns=7", "--Assistants:Items:0:MaxReplyCharacters=12345", "--Assistants:Items:0:Id=ada", "--Assistants:Items:0:Name=Ada"]);
        Assert.Equal(7, host.App.Services.GetRequiredService<IOptions<TurnsOptions>>().Value.MaxRunningTurns);
        Assert.Equal(12345, host.App.Services.GetRequiredService<IOptions<AssistantsOptions>>().Value.Items[0].MaxResponseCharacters);
        Assert.Equal(
            [
                "The setting Assistants:Items:0:MaxReplyCharacters is now called Assistants:Items:0:MaxResponseCharacters. The old name still works; please use the new one.",
                "The setting Replies:MaxRunningTurns is now called Turns:MaxRunningTurns. The old name still works; please use the new one.",
            ],
            log.Lines.Where(l => l.Level == LogLevel.Warning && l.Text.Contains("is now called", StringComparison.Ordinal)).Select(l => l.Text).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_is_wrong_under_the_old_name_is_told_by_the_new_one()
    {
        var thrown = await Assert.ThrowsAsync<OptionsValidationException>(() => ChatHost.StartAsync(settings: ["--Replies:MaxRunningTurns=0"]));
        Assert.Contains("Turns:MaxRunningTurns must be between 1 and 10000", thrown.Message, StringComparison.Ordinal);
        thrown = await Assert.ThrowsAsync<OptionsValidationException>(() => ChatHost.StartAsync(settings: ["--Replies:MaxTurns=1"]));
        Assert.Contains("Turns:MaxTurns is not a setting", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void So_does_the_category_of_a_log()
    {
        using var configuration = new ConfigurationManager();
        configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Logging:LogLevel:BlazorChat.Replies"] = "Debug",
            ["Logging:Console:LogLevel:BlazorChat.Replies.Tools"] = "Trace",
            ["Logging:LogLevel:BlazorChat.Rooms"] = "Error",
        });
        Assert.Equal(2, RenamedSettings.Apply(configuration).Count);
        Assert.Equal("Debug", configuration["Logging:LogLevel:BlazorChat.Turns"]);
        Assert.Equal("Trace", configuration["Logging:Console:LogLevel:BlazorChat.Turns.Tools"]);
    }

    [Theory]
    [InlineData("1", null, "2", null, "2")]
    [InlineData(null, "1", null, "2", "2")]
    [InlineData(null, "1", "2", null, "2")]
    [InlineData("1", null, null, "2", "2")]
    [InlineData("1", "2", null, null, "2")]
    [InlineData("1", null, null, null, "1")]
    public void The_stronger_source_counts_and_within_one_the_new_name(string? weakOld, string? weakNew, string? strongOld, string? strongNew, string expected)
    {
        using var configuration = new ConfigurationManager();
        Add(weakOld, weakNew);
        Add(strongOld, strongNew);
        RenamedSettings.Apply(configuration);
        Assert.Equal(expected, configuration["Turns:MaxRunningTurns"]);

        void Add(string? old, string? now) => configuration.AddInMemoryCollection(
            new Dictionary<string, string?> { ["replies:MaxRunningTurns"] = old, ["Turns:MaxRunningTurns"] = now }.Where(s => s.Value is not null));
    }
}
