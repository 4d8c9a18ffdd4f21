using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using BlazorChat.Access;
using BlazorChat.Rooms;
using BlazorChat.Storage;
using BlazorChat.Text;
using BlazorChat.Turns;
using Microsoft.AspNetCore.Identity;

namespace BlazorChat.Accounts;

/// <summary>
/// Names are unique on this server, among people and assistants: two clash if they have a key in common. Whoever takes a name takes it here.
/// </summary>
internal sealed class NameRules(IAssistants assistants, PeopleDirectory directory, TimeProvider time) : ILookupNormalizer
{
    /// <summary>How long a guest may stay away before others may take the name.</summary>
    private static readonly TimeSpan GuestsKeep = TimeSpan.FromDays(90);

    private readonly ConcurrentDictionary<string, ImmutableArray<string>> _reserved = new(StringComparer.Ordinal);

    /// <summary>The key under which a name is unique.</summary>
    public static string KeyOf(string name) => NameKeys.Of(name);

    /// <summary>What somebody reads who wants a name that is taken.</summary>
    public static RoomError Taken(string name) => new(RoomErrorKind.Conflict, $"Somebody here is already called {name}. Choose another name, or sign in if you have an account.");

    /// <inheritdoc />
    public string? NormalizeName(string? name) => name is null ? null : KeyOf(name);

    /// <inheritdoc />
    public string? NormalizeEmail(string? email) => email?.Trim().ToUpperInvariant();

    /// <summary>Whether a name is an assistant's, or what people read in place of a name, so that no person can have it.</summary>
    public bool IsReserved(string name)
    {
        var keys = NameKeys.AllOf(name);
        return assistants.All.Select(a => a.Author.Name).Append(Names.GonePerson).Any(n => _reserved.GetOrAdd(n, NameKeys.AllOf).Intersect(keys, StringComparer.Ordinal).Any());
    }

    /// <summary>Takes a name for somebody, also from a guest who has been away for long.</summary>
    /// <returns>False if somebody else has it.</returns>
    public async Task<bool> TryTakeAsync(PeopleChange change, PersonRow person, string name)
    {
        if (await FindBearersAsync(change, person.Id, name).ConfigureAwait(false) is not { } bearers || bearers.Exists(b => !IsFree(b)))
        {
            return false;
        }

        foreach (var bearer in bearers)
        {
            await RenameAsync(change, bearer).ConfigureAwait(false);
            // At once, since the two would clash in the database whichever it writes first.
            await change.SaveAsync().ConfigureAwait(false);
        }

        (person.Name, person.NameKey, person.IsRenamed) = (name, KeyOf(name), false);
        return true;
    }

    /// <summary>Gives somebody the name that they had, or the same with a number if somebody else has it.</summary>
    public async Task TakeOrRenameAsync(PeopleChange change, PersonRow person, string name)
    {
        person.Name = name;
        if (!await TryTakeAsync(change, person, name).ConfigureAwait(false))
        {
            await RenameAsync(change, person).ConfigureAwait(false);
        }
    }

    /// <summary>Gives somebody their name with a number that nobody else has, and notes it for them to read.</summary>
    public async Task RenameAsync(PeopleChange change, PersonRow person)
    {
        for (var number = 2; ; number++)
        {
            var suffix = string.Create(CultureInfo.InvariantCulture, $" {number}");
            var room = RoomLimits.PersonNameLength - suffix.Length;
            // Not half of a character.
            var stem = person.Name.Length <= room ? person.Name : person.Name[..(char.IsHighSurrogate(person.Name[room - 1]) ? room - 1 : room)];
            var name = stem.TrimEnd() + suffix;
            if (await FindBearersAsync(change, person.Id, name).ConfigureAwait(false) is { Count: 0 })
            {
                (person.Name, person.NameKey, person.IsRenamed) = (name, KeyOf(name), true);
                return;
            }
        }
    }

    // A guest who has been away for long.
    private bool IsFree(PersonRow bearer) => bearer.Standing == Standing.Guest && time.GetUtcNow() - bearer.SeenAt >= GuestsKeep;

    // Whom a name could be taken for; null if it is nobody's to take.
    private async Task<List<PersonRow>?> FindBearersAsync(PeopleChange change, Guid personId, string name)
    {
        if (IsReserved(name))
        {
            return null;
        }

        List<PersonRow> bearers = [];
        var keys = NameKeys.AllOf(name);
        foreach (var key in keys)
        {
            Add(await change.FindByNameAsync(key).ConfigureAwait(false));
        }

        // What a name looks like is not stored. The directory knows all of it but what this change itself does.
        foreach (var id in directory.FindByLooks(keys))
        {
            Add(await change.FindAsync(id).ConfigureAwait(false));
        }

        return bearers;

        void Add(PersonRow? row)
        {
            if (row?.NameKey is not null && row.Id != personId && !bearers.Contains(row) && NameKeys.Clash(row.Name, name))
            {
                bearers.Add(row);
            }
        }
    }
}
