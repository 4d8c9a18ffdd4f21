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
    /// <param name="ended">Called once, on any thread, with a sentence that says why. Must not block.</param>
    public IDisposable Follow(Person person, Action<string> ended)
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

    private string WhyEnded(Person person, SessionEnd why) => _people.Find(person.Id) switch
    {
        { IsDeleted: true } => "Your account has been deleted.",
        { IsDisabled: true } => "Your account has been disabled. Ask an administrator of this server.",
        null => "Your account has been deleted.",
        { Standing: Standing.Guest } guest when !_people.LetsGuestsIn => $"This server does not let guests in any more. {_newcomers.WayToStay(_newcomers.MayRegister(guest))}",
        _ when why == SessionEnd.Aged => "You had not opened BlazorChat in this browser for a long time.",
        _ when why == SessionEnd.Provider => "Your sign-in with your organization has ended.",
        { HasAccount: true } => "You were signed out on another page or device, or your password was changed.",
        _ => "You have left on another page.",
    };

    private sealed class OpenedPage(OpenPages pages, Person person, Action<string> ended) : IDisposable
    {
        public Person Person => person;

        public Action<string> Ended => ended;

        public void Dispose() => pages._pages.TryRemove(this, out _);
    }
}
