using BlazorChat.Access;
using BlazorChat.Accounts;
using BlazorChat.Messages;
using BlazorChat.Storage;
using BlazorChat.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace BlazorChat.Tests.Support;

/// <summary>People who are signed in without having gone through the pages for it.</summary>
internal static class SignedIn
{
    /// <summary>Somebody new with a session.</summary>
    /// <param name="app">The application.</param>
    /// <param name="name">The name, which nobody has.</param>
    /// <param name="standing">What they are on the server.</param>
    /// <param name="passwordHash">The hash of a password, or null.</param>
    public static async Task<Person> AddAsync(WebApplication app, string name, Standing standing, string? passwordHash = null)
    {
        var person = new Person(Guid.NewGuid(), name) { Session = Guid.NewGuid() };
        var now = app.Services.GetRequiredService<TimeProvider>().GetUtcNow();
        await app.Services.GetRequiredService<PeopleStore>().ChangeAsync(
            change =>
            {
                change.Add(new PersonRow
                {
                    Id = person.Id, Name = name, NameKey = NameKeys.Of(name), Standing = standing, CreatedAt = now, SeenAt = now,
                    PasswordHash = passwordHash, SecurityStamp = Guid.NewGuid().ToString("N"),
                });
                change.Add(new SessionRow { Id = person.Session!.Value, PersonId = person.Id, CreatedAt = now, SeenAt = now });
                return Task.FromResult(true);
            },
            default);
        return person;
    }

    /// <summary>The cookie of somebody with a session.</summary>
    public static string CookieOf(WebApplication app, Person person)
    {
        var now = app.Services.GetRequiredService<TimeProvider>().GetUtcNow();
        return app.Services.GetRequiredService<IOptionsMonitor<CookieAuthenticationOptions>>().Get(CookieAuthenticationDefaults.AuthenticationScheme).TicketDataFormat.Protect(
            new AuthenticationTicket(
                PersonPrincipal.Create(person),
                new AuthenticationProperties { IsPersistent = true, IssuedUtc = now, ExpiresUtc = now + KnownSession.Lifetime },
                CookieAuthenticationDefaults.AuthenticationScheme));
    }
}
