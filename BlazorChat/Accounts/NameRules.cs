using System.Globalization;
using BlazorChat.Access;
using BlazorChat.Rooms;
using BlazorChat.Storage;
using BlazorChat.Text;
using BlazorChat.Turns;
using Microsoft.AspNetCore.Identity;

namespace BlazorChat.Accounts;

/// <summary>
/// Names are unique on this server, among people and assistants. All comparisons are of <see cref="KeyOf"/>.
/// </summary>
internal sealed class NameRules(IAssistants assistants, TimeProvider time) : ILookupNormalizer
{
    /// <summary>How long a guest may stay away before others may take the name.</summary>
    private static readonly TimeSpan GuestsKeep = TimeSpan.FromDays(90);

    /// <summary>The key under which a name is unique.</summary>
    public static string KeyOf(string name) => NameKeys.Of(name);

    /// <summary>What somebody reads who wants a name that is taken.</summary>
    public static RoomError Taken(string name) => new(RoomErrorKind.Conflict, $"Somebody here is already called {name}. Choose another name, or sign in if you have an account.");

    /// <inheritdoc />
    public string? NormalizeName(string? name) => name is null ? null : KeyOf(name);

    /// <inheritdoc />
    public string? NormalizeEmail(string? email) => email?.Trim().ToUpperInvariant();

    /// <summary>Whether a name is an assistant's, or what people read in place of a name, so that no person can have it.</summary>
    public bool IsReserved(string nameKey) => nameKey == KeyOf(Names.GonePerson) || assistants.All.Any(a => NameKeys.AllOf(a.Author.Name).Contains(nameKey, StringComparer.Ordinal));

    /// <summary>Takes a name for somebody, also from a guest who has been away for long.</summary>
    /// <returns>False if somebody else has it.</returns>
    public async Task<bool> TryTakeAsync(PeopleChange change, PersonRow person, string name)
    {
        var key = KeyOf(name);
        if (NameKeys.AllOf(name).Any(IsReserved))
        {
            return false;
        }

        // What it looks like as it is written may be somebody's name, too.
        if (NameKeys.OfLooks(name) is var looks && looks != key && await change.FindByNameAsync(looks).ConfigureAwait(false) is { } other && other.Id != person.Id)
        {
            return false;
        }

        if (await change.FindByNameAsync(key).ConfigureAwait(false) is { } bearer && bearer.Id != person.Id)
        {
            if (!IsFree(bearer.ToPerson()))
            {
                return false;
            }

            await RenameAsync(change, bearer).ConfigureAwait(false);
            // At once, since the two would clash in the database whichever it writes first.
            await change.SaveAsync().ConfigureAwait(false);
        }

        (person.Name, person.NameKey, person.IsRenamed) = (name, key, false);
        return true;
    }

    /// <summary>Whether others may take somebody's name.</summary>
    public bool IsFree(KnownPerson bearer) => bearer.Standing == Standing.Guest && time.GetUtcNow() - bearer.SeenAt >= GuestsKeep;

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
            var key = KeyOf(name);
            if (!IsReserved(key) && await change.FindByNameAsync(key).ConfigureAwait(false) is null)
            {
                (person.Name, person.NameKey, person.IsRenamed) = (name, key, true);
                return;
            }
        }
    }
}
