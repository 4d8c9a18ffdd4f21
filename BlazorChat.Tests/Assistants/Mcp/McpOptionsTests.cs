using System.Text;
using BlazorChat.Assistants.Mcp;
using BlazorChat.Turns.Tools;
using BlazorChat.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace BlazorChat.Tests.Assistants.Mcp;

[Trait(nameof(Kind), Kind.Host)]
public sealed class McpOptionsTests
{
    [Fact]
    public void Without_a_section_there_are_no_servers() => Assert.Empty(Options("{}").Servers);

    [Fact]
    public void A_server_is_read_with_everything_that_can_be_said_of_it()
    {
        var servers = Options(
            """
            { "Mcp": { "Servers": [
              { "Name": "files", "Command": "npx", "Arguments": ["-y", "a b"], "Environment": { "TOKEN": "x" }, "WorkingDirectory": "/", "Approval": "never", "Tools": ["read*", "list"], "CallTimeout": "00:05:00", "ConnectTimeout": "00:02:00" },
              { "Name": "r2-d2", "Url": "https://example.org/mcp?key=1", "Headers": { "Authorization": "Bearer x" }, "Transport": "streamable-http", "Enabled": false }
            ] } }
            """).Servers;
        Assert.Equal(["-y", "a b"], servers[0].Arguments);
        Assert.Equal(["read*", "list"], servers[0].Tools);
        Assert.Equal(("x", McpApproval.Never), (servers[0].Environment["TOKEN"], servers[0].Approval));
        Assert.Equal((TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(2)), (servers[0].CallTimeout, servers[0].ConnectTimeout));
        Assert.Equal(("Bearer x", "streamable-http", false), (servers[1].Headers["authorization"], servers[1].Transport, servers[1].Enabled));
        Assert.Equal((McpApproval.Destructive, null, TimeSpan.FromSeconds(30)), (servers[1].Approval, servers[1].CallTimeout, servers[1].ConnectTimeout));
    }

    [Fact]
    public void Every_error_is_reported_at_once_with_its_whole_key_and_without_secrets()
    {
        var error = Assert.Throws<OptionsValidationException>(() => Options(
            """
            { "Mcp": { "Servers": [
              { "Name": "Not_Allowed", "Command": "a", "Url": "http://b" },
              { "Name": "twice", "Command": "a", "Headers": { "A": "sk-secret" }, "Environment": { "A=B": "sk-secret" }, "WorkingDirectory": "/no/such/folder" },
              { "Name": "twice", "Url": "ftp://b", "Headers": { "Bad Header": "sk-secret" }, "Arguments": ["a"] },
              { "Name": "a-name-of-21-characters", "Url": "http://user:sk-secret@b", "Transport": "pigeon", "Tools": ["a*b", " "] },
              { "Name": "slow", "Command": "a", "CallTimeout": "00:00:00.5", "ConnectTimeout": "01:00:00", "Approval": 7 },
              { }
            ] } }
            """));
        string[] keys =
        [
            "0:Name ", "0 must have either", "1:Headers ", "1:Environment:A=B ", "1:WorkingDirectory ", "2:Name ", "2:Url ", "2:Headers:Bad Header ", "2 has a Url",
            "3:Name ", "3:Url ", "3:Transport ", "3:Tools:0 ", "3:Tools:1 ", "4:CallTimeout ", "4:ConnectTimeout ", "4:Approval ", "5:Name ", "5 must have either",
        ];
        foreach (var key in keys)
        {
            Assert.Contains(error.Failures, failure => failure.StartsWith($"Mcp:Servers:{key}", StringComparison.Ordinal));
        }

        Assert.Equal(keys.Length, error.Failures.Count());
        Assert.DoesNotContain("sk-secret", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Approval", "Sometimes")]
    [InlineData("Enabled", "perhaps")]
    [InlineData("CallTimeout", "soon")]
    [InlineData("Comand", "typo")]
    public void A_setting_that_cannot_be_read_is_an_error_that_names_it(string key, string value)
    {
        var error = Assert.Throws<OptionsValidationException>(() => Options($$"""{ "Mcp": { "Servers": [ { "Name": "a", "Command": "a", "{{key}}": "{{value}}" } ] } }"""));
        Assert.StartsWith($"Mcp:Servers:0:{key} ", Assert.Single(error.Failures), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_application_starts_without_waiting_for_a_server_and_says_that_it_is_away()
    {
        await using var host = await ChatHost.StartAsync(settings: [ChatHost.Listening, "--Mcp:Servers:0:Name=gone", "--Mcp:Servers:0:Command=/no/such/program"]);
        var servers = host.App.Services.GetRequiredService<McpServers>();
        Assert.Contains(servers, host.App.Services.GetServices<IToolSource>());
        using var http = new HttpClient();
        using var ready = await http.GetAsync(new Uri(new Uri(host.App.Urls.First()), "/health/ready"));
        Assert.True(ready.IsSuccessStatusCode);
        Assert.Equal("Degraded", await ready.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_wrong_server_stops_the_application_at_start()
    {
        var error = await Assert.ThrowsAsync<OptionsValidationException>(() => ChatHost.StartAsync(settings: ["--Mcp:Servers:0:Name=UPPER", "--Mcp:Servers:0:Command=a"]));
        Assert.Contains("Mcp:Servers:0:Name", error.Message, StringComparison.Ordinal);
    }

    private static McpOptions Options(string settings)
    {
        using var json = new MemoryStream(Encoding.UTF8.GetBytes(settings));
        var configuration = new ConfigurationBuilder().AddJsonStream(json).Build();
        using var services = new ServiceCollection().AddLogging().AddSingleton<IConfiguration>(configuration).AddMcp().BuildServiceProvider();
        return services.GetRequiredService<IOptions<McpOptions>>().Value;
    }
}
