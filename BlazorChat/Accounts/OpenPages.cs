using System.Collections.Concurrent;
using BlazorChat.Access;
using BlazorChat.Languages;
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
    /// <param name="words">The language of what it is told.</param>
    /// <param name="ended">Called once, on any thread, with why. Must not block.</param>
    public IDisposable Follow(Person person, Words words, Action<PageEnd> ended)
    {
        var page = new OpenedPage(this, person, words, ended);
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
            page.Ended(WhyEnded(page.Person, page.Words, why));
        }
    }

    private PageEnd WhyEnded(Person person, Words words, SessionEnd why) => _people.Find(person.Id) switch
    {
        null or { IsDeleted: true } => new(words["PageEnd_Removed"], words["PageEnd_Deleted"], PageEndKind.Gone),
        { IsDisabled: true } => SignedOut(words, "PageEnd_Disabled"),
        { Standing: Standing.Guest } guest when !_people.LetsGuestsIn =>
            new(words["PageEnd_NotLetIn"], $"{words["PageEnd_NoGuests"]} {_newcomers.WayToStay(words, _newcomers.MayRegister(guest))}", PageEndKind.Guest),
        _ when why == SessionEnd.Aged => SignedOut(words, "PageEnd_Aged"),
        _ when why == SessionEnd.Provider => SignedOut(words, "PageEnd_Provider"),
        { HasAccount: true } => SignedOut(words, "PageEnd_Elsewhere"),
        _ => new(words["PageEnd_Left"], words["PageEnd_LeftElsewhere"], PageEndKind.Gone),
    };

    private static PageEnd SignedOut(Words words, string why) => new(words["PageEnd_SignedOut"], words[why], PageEndKind.SignedOut);

    private sealed class OpenedPage(OpenPages pages, Person person, Words words, Action<PageEnd> ended) : IDisposable
    {
        public Person Person => person;

        public Words Words => words;

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
