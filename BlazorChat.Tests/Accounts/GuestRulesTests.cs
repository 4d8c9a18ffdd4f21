using BlazorChat.Accounts;
using BlazorChat.Tests.Support;
using BlazorChat.Web;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace BlazorChat.Tests.Accounts;

/// <summary>On which addresses a server is one that nobody else reaches, so that guests come in by default.</summary>
[Trait(nameof(Kind), Kind.Unit)]
public sealed class GuestRulesTests
{
    [Theory]
    [InlineData(true, "http://127.0.0.1:8080")]
    [InlineData(true, "http://127.8.9.10:8080")]
    [InlineData(true, "http://[::1]:8080")]
    [InlineData(true, "http://[::ffff:127.0.0.1]:8080")]
    [InlineData(true, "http://localhost:8080")]
    [InlineData(true, "http://LOCALHOST:8080")]
    [InlineData(true, "http://chat.localhost:8080")]
    [InlineData(true, "https://localhost:8443")]
    [InlineData(true, "https://127.0.0.1:8443", "http://[::1]:8080", "http://localhost:5000")]
    [InlineData(false, "http://0.0.0.0:8080")]
    [InlineData(false, "http://[::]:8080")]
    [InlineData(false, "http://*:8080")]
    [InlineData(false, "http://+:8080")]
    [InlineData(false, "https://0.0.0.0:8443")]
    [InlineData(false, "http://192.168.1.2:8080")]
    [InlineData(false, "http://[fd00::1]:8080")]
    [InlineData(false, "http://chat.example.com:8080")]
    [InlineData(false, "http://localhost.example.com:8080")]
    [InlineData(false, "http://127.0.0.1.example.com:8080")]
    [InlineData(false, "http://127.0.0.1:8080", "http://0.0.0.0:8081")]
    [InlineData(false, "http://[::]:8080", "http://localhost:8081")]
    [InlineData(false, "http://unix:/run/chat.sock")]
    [InlineData(false, "http://localhost:8080", "http://unix:/run/chat.sock")]
    [InlineData(false, "http://pipe:/chat")]
    [InlineData(false, "http://127.0.0.1:8080", "http://pipe:/chat")]
    [InlineData(false)]
    public void Guests_come_in_by_default_where_each_address_is_this_computers_own(bool areLetIn, params string[] addresses)
    {
        var rules = Rules(new Server(addresses), new Lifetime(hasStarted: true));
        Assert.Equal(areLetIn, rules.AreLetIn(hadAdministrator: false));
        Assert.Equal(areLetIn, rules.AreLetInByDefault(hadAdministrator: false));
        Assert.False(rules.AreLetIn(hadAdministrator: true));
    }

    [Fact]
    public void An_address_that_comes_while_the_server_starts_counts()
    {
        var (server, lifetime) = (new Server("http://localhost:8080"), new Lifetime(hasStarted: false));
        var rules = Rules(server, lifetime);
        Assert.True(rules.AreLetIn(hadAdministrator: false));
        server.Addresses.Add("http://0.0.0.0:8081");
        Assert.False(rules.AreLetIn(hadAdministrator: false));
    }

    [Theory]
    [InlineData(true, "http://0.0.0.0:8080")]
    [InlineData(false, "http://localhost:8080")]
    public void A_setting_is_above_the_addresses(bool guests, string address)
    {
        var rules = Rules(new Server(address), new Lifetime(hasStarted: true), guests);
        Assert.Equal(guests, rules.AreLetIn(hadAdministrator: false));
        Assert.Equal(guests, rules.AreLetIn(hadAdministrator: true));
        Assert.False(rules.AreLetInByDefault(hadAdministrator: false));
    }

    private static GuestRules Rules(Server server, Lifetime lifetime, bool? guests = null) =>
        new(Options.Create(new AccountsOptions { Guests = guests }), DoorOptions.Read(new ConfigurationBuilder().Build()), server, lifetime);

    private sealed class Server : IServer, IServerAddressesFeature
    {
        public Server(params string[] addresses)
        {
            Addresses = [.. addresses];
            Features.Set<IServerAddressesFeature>(this);
        }

        public IFeatureCollection Features { get; } = new FeatureCollection();

        public ICollection<string> Addresses { get; }

        public bool PreferHostingUrls { get; set; }

        public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
            where TContext : notnull => throw new NotSupportedException();

        public Task StopAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }

    private sealed class Lifetime(bool hasStarted) : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted { get; } = new(hasStarted);

        public CancellationToken ApplicationStopping => default;

        public CancellationToken ApplicationStopped => default;

        public void StopApplication() => throw new NotSupportedException();
    }
}
