using System.Collections.Concurrent;
using BlazorChat.Access;
using BlazorChat.Messages;

namespace BlazorChat.Accounts;

/// <summary>The pages that are open, so that each is told at once when its person is nobody here any more.</summary>
internal sealed class OpenPages : IDisposable
{
    private readonly ConcurrentDictionary<OpenedPage, bool> _pages = new();
    private readonly PeopleDirectory _people;
    private readonly Newcomers _newcomers;

    public OpenPages(PeopleDirectory people, Newcomers newcomers)
    {
        (_people, _newcomers) = (people, newcomers);
        people.Changed += OnChanged;
    }

    /// <summary>Follows a page's person until the result is disposed.</summary>
    /// <param name="person">The person.</param>
    /// <param name="ended">Called once, on any thread, with why. Must not block.</param>
    public IDisposable Follow(Person person, Action<PageEnd> ended)
    {
        var page = new OpenedPage(this, person, ended);
        _pages[page] = true;
        // It may have ended while the page was being made.
        Look(page, SessionEnd.SignedOut);
        return page;
    }

    /// <summary>The people who have a page open.</summary>
    public IReadOnlySet<Guid> People() => _pages.Select(p => p.Key.Person.Id).ToHashSet();

    /// <inheritdoc />
    public void Dispose() => _people.Changed -= OnChanged;

    private void OnChanged(object? sender, RightsChangedEventArgs e)
    {
        foreach (var (page, _) in _pages)
        {
            if (e.Id == Guid.Empty || page.Person.Id == e.Id)
            {
                Look(page, e.Why);
            }
        }
    }

    private void Look(OpenedPage page, SessionEnd why)
    {
        if (_people.StandingOf(page.Person) == Standing.None && _pages.TryRemove(page, out _))
        {
            page.Ended(WhyEnded(page.Person, why));
        }
    }

    private PageEnd WhyEnded(Person person, SessionEnd why) => _people.Find(person.Id) switch
    {
        null or { IsDeleted: true } => new("You’ve been removed from this server", "Your account has been deleted.", PageEndKind.Gone),
        { IsDisabled: true } => SignedOut("Your account has been disabled. Ask an administrator of this server."),
        { Standing: Standing.Guest } guest when !_people.LetsGuestsIn =>
            new("You’re not let in any more", $"This server does not let guests in any more. {_newcomers.WayToStay(_newcomers.MayRegister(guest))}", PageEndKind.Guest),
        _ when why == SessionEnd.Aged => SignedOut("You had not opened BlazorChat in this browser for a long time."),
        _ when why == SessionEnd.Provider => SignedOut("Your sign-in with your organization has ended."),
        { HasAccount: true } => SignedOut("You were signed out on another page or device, or your password or two-factor sign-in was changed."),
        _ => new("You’ve left", "You have left on another page.", PageEndKind.Gone),
    };

    private static PageEnd SignedOut(string why) => new("You are signed out", why, PageEndKind.SignedOut);

    private sealed class OpenedPage(OpenPages pages, Person person, Action<PageEnd> ended) : IDisposable
    {
        public Person Person => person;

        public Action<PageEnd> Ended => ended;

        public void Dispose() => pages._pages.TryRemove(this, out _);
    }
}

/// <summary>Why a page's person is nobody here any more.</summary>
/// <param name="Heading">The heading of what the page shows now.</param>
/// <param name="Why">A sentence.</param>
/// <param name="Kind">What they can do about it.</param>
internal sealed record PageEnd(string Heading, string Why, PageEndKind Kind);

/// <summary>What somebody can do who is nobody here any more.</summary>
internal enum PageEndKind
{
    /// <summary>They have an account, and sign in again.</summary>
    SignedOut,

    /// <summary>They were a guest, and come back with an account, if at all.</summary>
    Guest,

    /// <summary>Nobody can come back as them.</summary>
    Gone,
}
