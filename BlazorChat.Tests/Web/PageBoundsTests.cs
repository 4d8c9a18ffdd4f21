using System.Net;
using BlazorChat.Tests.Support;
using BlazorChat.Web;
using Microsoft.Extensions.Options;

namespace BlazorChat.Tests.Web;

/// <summary>How many pages may be open, and how fast they may be loaded.</summary>
[Trait(nameof(Kind), Kind.Unit)]
public sealed class PageBoundsTests
{
    private static readonly IPAddress Office = IPAddress.Parse("203.0.113.5");

    [Fact]
    public void Three_hundred_people_behind_one_address_have_four_pages_each_and_all_of_them_load_again_at_once()
    {
        using var bounds = Bounds(new PageLimits());
        foreach (var person in Enumerable.Range(0, 300).Select(_ => Guid.NewGuid()))
        {
            for (var page = 0; page < 4; page++)
            {
                // The page that was there before has not been given up yet.
                Assert.Null(bounds.Connect(person, Office, out _));
                Assert.Null(bounds.Load(person, Office));
                Assert.Null(bounds.Load(person, Office));
                Assert.Null(bounds.Connect(person, Office, out _));
                Assert.Null(bounds.Open(person, Office, out _));
            }
        }
    }

    [Fact]
    public void A_person_has_a_number_of_pages_and_a_closed_one_makes_room()
    {
        using var bounds = Bounds(new PageLimits { MaxPerPerson = 2 });
        var (ada, grace) = (Guid.NewGuid(), Guid.NewGuid());
        // On this machine itself as well, where addresses say nothing.
        Assert.Null(bounds.Open(ada, IPAddress.Loopback, out var first));
        Assert.Null(bounds.Open(ada, Office, out _));
        var refusal = bounds.Open(ada, Office, out var none);
        Assert.Equal("Refusal_PagesOfPerson", refusal?.Reason);
        Assert.Equal(5, refusal?.Seconds);
        Assert.Null(none);
        Assert.Null(bounds.Open(grace, Office, out _));
        first!.Dispose();
        first.Dispose();
        Assert.Null(bounds.Open(ada, Office, out _));
        Assert.NotNull(bounds.Open(ada, Office, out _));
    }

    [Fact]
    public void An_address_has_a_number_of_pages_whoever_opens_them_and_a_refused_one_takes_no_place_of_its_person()
    {
        using var bounds = Bounds(new PageLimits { MaxPerAddress = 3, MaxPerPerson = 2 });
        for (var i = 0; i < 3; i++)
        {
            Assert.Null(bounds.Open(Guid.NewGuid(), Office, out _));
        }

        var ada = Guid.NewGuid();
        Assert.Equal("Refusal_PagesOfNetwork", bounds.Open(ada, Office, out _)?.Reason);
        Assert.Equal("Refusal_PagesOfNetwork", bounds.Open(ada, Office, out _)?.Reason);
        // One household or machine: the second half of an IPv6 address is the person's to choose.
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(i < 2 ? null : "Refusal_PagesOfPerson", bounds.Open(ada, IPAddress.Parse($"2001:db8::{i + 1:x}"), out _)?.Reason);
        }
    }

    [Fact]
    public void This_machine_itself_has_no_limits_of_its_address()
    {
        using var bounds = Bounds(new PageLimits { MaxPerAddress = 1, LoadBurst = 1, LoadsPerMinute = 1 });
        for (var i = 0; i < 50; i++)
        {
            Assert.Null(bounds.Open(Guid.NewGuid(), IPAddress.IPv6Loopback, out _));
            Assert.Null(bounds.Load(null, IPAddress.Loopback));
        }
    }

    [Fact]
    public void Pages_cannot_be_loaded_as_fast_as_a_script_can_and_it_is_told_how_long_to_wait()
    {
        using var bounds = Bounds(new PageLimits { LoadBurst = 3, LoadsPerMinute = 2 });
        for (var i = 0; i < 3; i++)
        {
            Assert.Null(bounds.Load(null, Office));
        }

        var refusal = bounds.Load(Guid.NewGuid(), Office);
        Assert.Equal("Refusal_LoadsOfNetwork", refusal?.Reason);
        Assert.InRange(refusal!.Seconds, 1, 30);
        Assert.Null(bounds.Load(null, IPAddress.Parse("203.0.113.6")));
    }

    [Fact]
    public void Nobody_alone_uses_up_what_everybody_behind_an_address_has()
    {
        using var bounds = Bounds(new PageLimits { MaxPerPerson = 2, LoadBurst = 100, LoadsPerMinute = 1 });
        var ada = Guid.NewGuid();
        var loaded = Enumerable.Range(0, 200).Count(_ => bounds.Load(ada, Office) is null);
        Assert.InRange(loaded, 12, 20);
        Assert.Equal("Refusal_LoadsOfPerson", bounds.Load(ada, Office)?.Reason);
        for (var i = 0; i < 80; i++)
        {
            Assert.Null(bounds.Load(Guid.NewGuid(), Office));
        }
    }

    [Fact]
    public void A_page_can_connect_again_before_the_server_has_noticed_that_its_connection_was_lost()
    {
        using var bounds = Bounds(new PageLimits { MaxPerPerson = 1 });
        var ada = Guid.NewGuid();
        Assert.Null(bounds.Connect(ada, Office, out var lost));
        Assert.Null(bounds.Connect(ada, Office, out _));
        Assert.NotNull(bounds.Connect(ada, Office, out _));
        lost!.Dispose();
        Assert.Null(bounds.Connect(ada, Office, out _));
    }

    [Theory]
    [InlineData("MaxPerPerson", 0)]
    [InlineData("MaxPerAddress", 100_001)]
    [InlineData("LoadsPerMinute", 0)]
    [InlineData("LoadBurst", -1)]
    public void A_setting_out_of_its_bounds_is_named(string name, int value)
    {
        var options = new WebOptions();
        Assert.True(new WebOptionsValidator(null!).Validate(null, options).Succeeded);
        typeof(PageLimits).GetProperty(name)!.SetValue(options.Pages, value);
        var failure = Assert.Single(new WebOptionsValidator(null!).Validate(null, options).Failures!);
        Assert.StartsWith($"Web:Pages:{name} must be from 1 to ", failure, StringComparison.Ordinal);
    }

    private static PageBounds Bounds(PageLimits limits) => new(Options.Create(new WebOptions { Pages = limits }));
}
