using System.Net;
using BlazorChat.Accounts;
using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.Accounts;

/// <summary>Waits after failed sign-ins.</summary>
[Trait(nameof(Kind), Kind.Unit)]
public sealed class SignInWaitsTests
{
    private static readonly IPAddress Office = IPAddress.Parse("192.0.2.1");

    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Attempts_at_the_same_moment_count_before_any_has_failed()
    {
        var waits = new SignInWaits(_time);
        Assert.Equal(5, Enumerable.Range(0, 50).Count(_ => waits.Begin("ADA", Office, null) is null));
    }

    [Fact]
    public void Waits_grow_to_a_quarter_of_an_hour_and_failures_are_forgotten_an_hour_later()
    {
        var waits = new SignInWaits(_time);
        var longest = TimeSpan.Zero;
        for (var i = 0; i < 30; i++)
        {
            if (waits.Begin("ADA", Office, null)?.RetryAfter is { } wait)
            {
                Assert.True(wait >= longest);
                longest = wait;
                _time.Advance(wait);
                Assert.Null(waits.Begin("ADA", Office, null));
            }
        }

        Assert.Equal(TimeSpan.FromMinutes(15), longest);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(5, Enumerable.Range(0, 50).Count(_ => waits.Begin("ADA", Office, null) is null));
    }

    [Fact]
    public void Three_hundred_people_sign_in_behind_one_address_and_one_who_tries_all_names_is_held_up_there_alone()
    {
        var waits = new SignInWaits(_time);
        for (var i = 0; i < 3000; i++)
        {
            Assert.Null(waits.Begin($"PERSON {i}", Office, null));
            waits.Succeeded($"PERSON {i}", Office, null);
        }

        Assert.Equal(300, Enumerable.Range(0, 1000).Count(i => waits.Begin($"NAME {i}", Office, null) is null));
        Assert.Null(waits.Begin("PERSON 1", IPAddress.Parse("192.0.2.2"), null));
    }

    [Fact]
    public void A_browser_that_has_signed_in_before_has_a_count_of_its_own()
    {
        var waits = new SignInWaits(_time);
        while (waits.Begin("ADA", Office, null) is null)
        {
        }

        Assert.Equal(5, Enumerable.Range(0, 50).Count(_ => waits.Begin("ADA", Office, "browser") is null));
        Assert.NotNull(waits.Begin("ADA", Office, null));
    }

    [Fact]
    public void Whoever_shares_the_browser_has_as_few_attempts_as_anybody_and_their_own_success_gives_no_more()
    {
        var waits = new SignInWaits(_time);
        var tried = 0;
        for (var i = 0; i < 50; i++)
        {
            tried += waits.Begin("ADA", Office, "browser") is null ? 1 : 0;
            Assert.Null(waits.Begin("EVE", Office, "browser"));
            waits.Succeeded("EVE", Office, "browser");
        }

        Assert.Equal(5, tried);
    }

    [Fact]
    public void Names_without_end_take_no_memory_without_end_and_do_not_free_the_one_that_is_held_up()
    {
        var waits = new SignInWaits(_time);
        while (waits.Begin("ADA", null, null) is null)
        {
        }

        for (var i = 0; i < 50_000; i++)
        {
            waits.Begin($"NAME {i}", null, null);
        }

        Assert.NotNull(waits.Begin("ADA", null, null));
    }
}
