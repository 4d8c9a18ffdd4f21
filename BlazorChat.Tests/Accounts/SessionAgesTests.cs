using BlazorChat.Access;
using BlazorChat.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Accounts;

/// <summary>Sessions that nobody used for long end on pages that are still open.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class SessionAgesTests
{
    [Fact]
    public async Task A_session_that_ends_by_its_age_ends_on_an_open_page_in_the_same_second_and_a_visit_keeps_it()
    {
        await using var host = await AccountHost.StartAsync();
        var administrator = await host.AdministratorAsync();
        var grace = host.Browser();
        await AccountHost.CreateAsync(grace, await AccountHost.InviteAsync(administrator), "Grace");
        var ends = new List<string>();
        using var olgas = host.Follow("Olga", why => ends.Add("Olga: " + why));
        using var graces = host.Follow("Grace", why => ends.Add("Grace: " + why));

        host.Time.Advance(TimeSpan.FromDays(100));
        Assert.True(await AccountHost.IsInAsync(grace));
        host.Time.Advance(TimeSpan.FromDays(80) - TimeSpan.FromSeconds(1));
        Assert.Empty(ends);
        host.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["Olga: You had not opened BlazorChat in this browser for a long time."], ends);
        Assert.Equal(Standing.None, host.People.StandingOf(olgas.Person));
        Assert.Equal(Standing.Registered, host.People.StandingOf(graces.Person));
        Assert.False(await AccountHost.IsInAsync(administrator));

        // The database, too, has forgotten it after the next start.
        await host.RestartAsync();
        Assert.Equal(Standing.None, host.People.StandingOf(olgas.Person));
    }
}
