using System.Reflection;
using BlazorChat.Access;
using BlazorChat.Accounts;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Storage;
using BlazorChat.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using static BlazorChat.Tests.Access.RightsTable;

namespace BlazorChat.Tests.Access;

/// <summary>
/// Every public operation on accounts and sessions × everybody, with somebody else's account as its object, against the table in
/// docs/security.md. An operation that is missing there fails, so whatever is built later has to join it.
/// </summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class AccountRightsTests(AccountRightsTests.Server server) : IClassFixture<AccountRightsTests.Server>
{
    /// <summary>What is walked. <see cref="ReachableServicesTests"/> finds whatever is missing here.</summary>
    internal static readonly Type[] Services =
    [
        typeof(AccountService), typeof(AccountAdministration), typeof(AccountAudit), typeof(AccountDeletion), typeof(AccountMail), typeof(ExternalSignIns), typeof(OwnProofs), typeof(Passkeys),
        typeof(PersonSessions), typeof(TwoFactor),
    ];

    // Nobody has signed in when these are called. They ask a password or the secret of a link, or are for the process and the operator's command.
    private static readonly string[] WithoutCaller =
    [
        "AccountMail.ConfirmAddressAsync", "AccountMail.FindAddressAsync", "AccountMail.RequestReset",
        "AccountAdministration.AppointAsync", "AccountAdministration.CreateFirstLinkAsync", "AccountService.FindResetAsync", "AccountService.IsAdministratorsLinkAsync",
        "AccountService.ResetPasswordAsync", "AccountService.SignInAsync",
        "ExternalSignIns.IsOwnLink", "ExternalSignIns.ReceiveAsync", "Passkeys.BeginSignInAsync", "Passkeys.SignInAsync",
        "PersonSessions.BeginAsync", "PersonSessions.EndAllAsync", "PersonSessions.JoinAsync", "PersonSessions.ResumeAsync", "TwoFactor.SignInAsync",
    ];

    // Tells a page of its own person what to show.
    private static readonly string[] Words =
    [
        "AccountDeletion.RoomsOf", "AccountMail.ReadAddressAsync", "AccountService.OffersRegistration", "OwnProofs.FindAsync", "ExternalSignIns.ListAsync", "Passkeys.ListAsync",
        "TwoFactor.Begin", "TwoFactor.CountCodesAsync", "TwoFactor.IsOfferedAsync",
    ];

    /// <summary>What is in no table, for the reasons above.</summary>
    internal static IEnumerable<string> Reasons => WithoutCaller.Concat(Words);

    public static TheoryData<string, string> Cells => CellsOf(OperationsOf(Services));

    private static IEnumerable<MethodInfo> Public =>
        from type in Services
        from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
        where !method.IsSpecialName
        select method;

    [Fact]
    public void The_table_has_every_operation_and_nothing_else()
    {
        var names = Public.Select(NameOf).Except(Words, StringComparer.Ordinal).ToList();
        Assert.Equal(names.Except(WithoutCaller, StringComparer.Ordinal).Order(StringComparer.Ordinal), OperationsOf(Services).Order(StringComparer.Ordinal));
        // Whatever knows its caller is in the table.
        Assert.Equal(
            Public.Where(m => !m.GetParameters().Any(p => p.Name is "by" or "person" or "guest")).Select(NameOf).Order(StringComparer.Ordinal),
            WithoutCaller.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task Everybody_may_do_what_the_table_says(string operation, string who)
    {
        var method = Public.Single(m => NameOf(m) == operation);
        var (caller, other) = await server.SceneAsync(who);
        Assert.Equal(Find(operation, who), await server.AskAsync(method, caller, other.Id));
    }

    [Theory]
    [InlineData("guest")]
    [InlineData("member")]
    public async Task Whoever_is_no_administrator_does_not_learn_which_ids_somebody_has(string who)
    {
        var (caller, other) = await server.SceneAsync(who);
        foreach (var method in Public.Where(m => m.GetParameters().Any(p => p.Name == "by") && m.GetParameters().Any(p => p.Name is "personId" or "linkId")))
        {
            Assert.Equal(await server.SentenceAsync(method, caller, Guid.NewGuid()), await server.SentenceAsync(method, caller, other.Id));
        }
    }

    [Fact]
    public async Task Nobody_removes_somebody_elses_passkey()
    {
        var (caller, other) = await server.SceneAsync("member");
        var id = await server.PasskeyAsync(other);
        await using var scope = server.Host.App.Services.CreateAsyncScope();
        var passkeys = scope.ServiceProvider.GetRequiredService<Passkeys>();
        Assert.Equal(await passkeys.RemoveAsync(caller, Guid.NewGuid().ToString("N"), default), await passkeys.RemoveAsync(caller, id, default));
        Assert.Single(await passkeys.ListAsync(other, default));
    }

    private static string NameOf(MethodInfo method) => $"{method.DeclaringType!.Name}.{method.Name}";

    /// <summary>One server for all cells; each has people of its own.</summary>
    public sealed class Server : IAsyncLifetime
    {
        private const string Password = "correct horse battery";

        private string _hash = null!;
        private int _people;

        public ChatHost Host { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            Host = await ChatHost.StartAsync(settings: ["--Accounts:Guests=true", "--OpenIdConnect:Company:Authority=https://login.example.com", "--OpenIdConnect:Company:ClientId=chat"]);
            var row = new PersonRow { Id = Guid.NewGuid(), Name = "" };
            _hash = Host.App.Services.GetRequiredService<IPasswordHasher<PersonRow>>().HashPassword(row, Password);
        }

        public Task DisposeAsync() => Host.DisposeAsync().AsTask();

        /// <summary>The caller, and somebody else with an account. Nobody else is an administrator.</summary>
        internal async Task<(Person Caller, Person Other)> SceneAsync(string who)
        {
            var store = Host.App.Services.GetRequiredService<PeopleStore>();
            foreach (var id in Host.App.Services.GetRequiredService<PeopleDirectory>().People.Where(p => p.Standing == Standing.Administrator).Select(p => p.Id).ToList())
            {
                await store.ChangeAsync(
                    async change =>
                    {
                        (await change.FindAsync(id))!.Standing = Standing.Registered;
                        return true;
                    },
                    default);
            }

            var standing = who switch { "guest" => Standing.Guest, "administrator" => Standing.Administrator, _ => Standing.Registered };
            var caller = await SignedIn.AddAsync(Host.App, $"Person {++_people} of this test", standing, standing == Standing.Guest ? null : _hash);
            if (who == "nobody")
            {
                // A page that was open when its person signed out.
                await Host.App.Services.GetRequiredService<PersonSessions>().EndAsync(caller, default);
            }

            var other = await SignedIn.AddAsync(Host.App, $"Person {++_people} of this test", Standing.Registered, _hash);
            await store.ChangeAsync(async change => (await change.FindAsync(other.Id))!.IsTwoFactor = true, default);
            return (caller, other);
        }

        internal async Task<string> AskAsync(MethodInfo method, Person caller, Guid other) => await CallAsync(method, caller, other) switch
        {
            null => Yes,
            { Kind: RoomErrorKind.NotFound } => NotThere,
            // The code of an app and the answer of a device are asked of whoever may.
            { Kind: RoomErrorKind.Forbidden } => method.Name is nameof(TwoFactor.ConfirmAsync) or nameof(Passkeys.CreateAsync) ? Yes : No,
            _ => Yes,
        };

        internal async Task<string?> SentenceAsync(MethodInfo method, Person caller, Guid other) => (await CallAsync(method, caller, other))?.Message;

        private async Task<RoomError?> CallAsync(MethodInfo method, Person caller, Guid other)
        {
            await using var scope = Host.App.Services.CreateAsyncScope();
            var arguments = new List<object?>();
            foreach (var parameter in method.GetParameters())
            {
                arguments.Add(await ArgumentAsync(parameter.Name!, method.Name, caller, other));
            }

            var result = method.Invoke(scope.ServiceProvider.GetRequiredService(method.DeclaringType!), [.. arguments]);
            if (result is Task task)
            {
                await task.Soon();
                result = task.GetType().GetProperty("Result")?.GetValue(task);
            }

            return result as RoomError ?? result?.GetType().GetProperty("Error")?.GetValue(result) as RoomError;
        }

        private async Task<object?> ArgumentAsync(string name, string method, Person caller, Guid other) => name switch
        {
            "by" or "person" or "guest" => caller,
            "context" => Context(caller),
            "provider" => Host.App.Services.GetRequiredService<OpenIdProviders>().All[0],
            "id" => await PasskeyAsync(caller),
            "credential" => "{}",
            "personId" => other,
            "linkId" => Guid.NewGuid(),
            "roomToken" => null,
            "token" when method == nameof(TwoFactor.ConfirmAsync) => await SetupAsync(caller),
            "token" => await LinkAsync(method == "BecomeAdministratorAsync" ? OneTimeLinkKind.Administrator : OneTimeLinkKind.Invitation),
            "account" => new NewAccount($"Person {++_people} of this test", null, Password, await LinkAsync(OneTimeLinkKind.Invitation)),
            "current" or "password" => Password,
            "messages" => MessagesOfDeleted.Keep,
            "code" => "000000",
            "email" => "somebody@example.com",
            "words" => BlazorChat.Languages.Words.English,
            "next" => "another long password",
            "name" => $"Person {++_people} of this test",
            "isDisabled" or "isAdministrator" or "ofRooms" => true,
            "before" => null,
            "cancellationToken" => CancellationToken.None,
            _ => throw new InvalidOperationException($"Give the parameter {name} of {method} a value here."),
        };

        private DefaultHttpContext Context(Person caller) => new()
        {
            RequestServices = Host.App.Services,
            User = PersonPrincipal.Create(caller),
            Request = { Scheme = "https", Host = new HostString("chat.example.com") },
        };

        internal async Task<string> PasskeyAsync(Person caller)
        {
            var id = Guid.NewGuid().ToString("N");
            await Host.App.Services.GetRequiredService<PeopleStore>().ChangeAsync(
                change =>
                {
                    change.Add(new PasskeyRow { Id = id, PersonId = caller.Id, Name = "Laptop", PublicKey = [1], CreatedAt = TimeProvider.System.GetUtcNow() });
                    return Task.FromResult(true);
                },
                default);
            return id;
        }

        private async Task<string> SetupAsync(Person caller)
        {
            await using var scope = Host.App.Services.CreateAsyncScope();
            return scope.ServiceProvider.GetRequiredService<TwoFactor>().Begin(caller, null, "localhost").Token;
        }

        private async Task<string> LinkAsync(OneTimeLinkKind kind)
        {
            var token = OneTimeToken.Create();
            var now = TimeProvider.System.GetUtcNow();
            await Host.App.Services.GetRequiredService<PeopleStore>().ChangeAsync(
                change =>
                {
                    change.Add(new OneTimeLinkRow { Id = Guid.NewGuid(), TokenHash = OneTimeToken.HashOf(token)!, Kind = kind, CreatedAt = now, ExpiresAt = now.AddDays(1) });
                    return Task.FromResult(true);
                },
                default);
            return token;
        }
    }
}
