using System.Data.Common;
using System.Net;
using System.Text.RegularExpressions;
using BlazorChat.Access;
using BlazorChat.Accounts;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Storage;
using BlazorChat.Tests.Accounts;
using BlazorChat.Tests.Support;
using BlazorChat.Turns;
using BlazorChat.Web;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using static BlazorChat.Tests.Access.RightsTable;

namespace BlazorChat.Tests.Access;

/// <summary>
/// Every endpoint of the application × everybody × rooms of one's own and of others, over HTTP, against the table in docs/security.md. An
/// endpoint or a form that is missing there fails, so whatever is built later has to join it.
/// </summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed partial class EndpointRightsTests(EndpointRightsTests.Server server) : IClassFixture<EndpointRightsTests.Server>
{
    private const string StaticFiles = "GET static files";

    private const string AnyMethod = "any";

    // The page of each form, and what is filled in. Nothing here may succeed in a way that others notice.
    private static readonly (string Page, string Form, (string Name, string Value)[] Fields)[] Forms =
    [
        ("/join", "join", [("Name", "")]),
        ("/account/sign-in", "sign-in", [("Name", "Nobody here"), ("Password", "wrong")]),
        ("/account/create", "create-account", [("Name", ""), ("Password", "short")]),
        ("/account/create", "become-administrator", []),
        ("/account/password", "set-password", [("Password", "short")]),
        ("/account", "change-password", [("CurrentPassword", "wrong"), ("NewPassword", "short")]),
        ("/account", "change-address", [("Email", "somebody@example.com"), ("AddressPassword", "wrong")]),
        ("/account", "password-reset-read", []),
        ("/account/forgot", "forgot-password", [("Email", "nobody")]),
        ("/account/address", "confirm-address", []),
        ("/removed", "removed", []),
        ("/account", "sign-out-everywhere", []),
        ("/account", "two-factor-begin", []),
        ("/account", "two-factor-confirm", [("Setup", "wrong"), ("Code", "000000"), ("Password", "wrong")]),
        ("/account", "two-factor", []),
        ("/account", "passkeys", []),
        ("/account", "passkey-begin", [("Password", "wrong")]),
        ("/account", "passkey-create", [("Token", "wrong"), ("Credential", "{}")]),
        ("/account", "linked", []),
        ("/account/sign-in", "passkey-sign-in", []),
        ("/account/code", "code", [("Code", "000000")]),
        ("/account/leave", "leave", [("Password", "wrong")]),
        // One for each room that only its caller owns, and for each that nobody owns.
        ("/account/leave", "room-", []),
        ("/people", "owner-", []),
        ("/people", "people", [("Act", "invite")]),
        ("/people", "invite-by-mail", [("InviteEmail", "nobody")]),
        ("/people/{PersonId:guid}/delete", "delete-person", []),
        ("/people/rooms/{RoomId:guid}", "room-join", []),
        ("/people/rooms/{RoomId:guid}", "room-owner", [("Owner", "nobody")]),
        ("/people/rooms/{RoomId:guid}", "room-archive", [("IsArchived", "true")]),
        ("/people/rooms/{RoomId:guid}", "room-delete", []),
    ];

    public static TheoryData<string, string> Cells => CellsOf(Requests);

    private IEnumerable<RouteEndpoint> Endpoints => server.Host.App.Services.GetRequiredService<IEnumerable<EndpointDataSource>>()
        .Concat(((IEndpointRouteBuilder)server.Host.App).DataSources).Distinct().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>();

    [Fact]
    public void The_table_has_every_endpoint_and_every_form_and_nothing_else()
    {
        var rows = Endpoints.SelectMany(RowsOf).ToHashSet(StringComparer.Ordinal);
        Assert.Empty(rows.Except(Requests, StringComparer.Ordinal));
        Assert.Empty(Requests.Except(rows, StringComparer.Ordinal));
    }

    [Fact]
    public void Every_form_of_a_page_is_tested() =>
        Assert.Equal(
            Directory.EnumerateFiles(Repository.File("BlazorChat/Components"), "*.razor", SearchOption.AllDirectories)
                .SelectMany(f => FormName().Matches(File.ReadAllText(f)).Select(m => m.Groups["name"].Value)).Order(StringComparer.Ordinal),
            Forms.Select(f => f.Form).Order(StringComparer.Ordinal));

    [Fact]
    public void No_path_of_an_endpoint_can_be_the_path_base()
    {
        var segments = Endpoints.Select(e => e.RoutePattern.RawText!.Trim('/').Split('/')[0]).Where(s => s.Length > 0 && !s.Contains('{', StringComparison.Ordinal) && !s.Contains('.', StringComparison.Ordinal));
        foreach (var segment in segments.ToHashSet(StringComparer.Ordinal))
        {
            var configuration = new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create(nameof(DoorOptions.PathBase), (string?)$"/{segment}")]).Build();
            Assert.True(Record.Exception(() => DoorOptions.Read(configuration)) is StartException, $"/{segment} can be the path base.");
        }
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task Everybody_gets_what_the_table_says(string request, string who)
    {
        var scene = await server.SceneAsync(who, isOnlyRead: request.StartsWith("GET ", StringComparison.Ordinal));
        var (seen, text, _) = await server.AskAsync(request, scene, scene.RoomId, scene.BlobId);
        Assert.True(seen == Find(request, who), $"{who}: {request} was {seen}; the table says {Find(request, who)}. {text}");
    }

    [Fact]
    public async Task A_form_for_a_room_is_taken_only_for_the_rooms_that_it_is_shown_for()
    {
        // A room that others own, too, and one whose owner can act.
        foreach (var (who, request) in new[] { ("owner", "POST /account/leave room-"), ("administrator", "POST /people owner-") })
        {
            var scene = await server.SceneAsync(who, isOnlyRead: true);
            Assert.Equal(No, (await server.AskAsync(request, scene, scene.RoomId, scene.BlobId, isPrepared: false)).Answer);
        }
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData("member")]
    [InlineData("administrator")]
    public async Task A_provider_that_is_not_configured_does_not_exist_and_a_configured_one_believes_only_its_own_tokens(string who)
    {
        var scene = await server.SceneAsync(who, isOnlyRead: true);
        foreach (var request in Requests.Where(r => r.Contains("{provider}", StringComparison.Ordinal)))
        {
            Assert.Equal(NotThere, (await server.AskAsync(request.Replace("{provider}", "Nobody", StringComparison.Ordinal), scene, scene.RoomId, scene.BlobId)).Answer);
        }

        Assert.Equal(No, (await server.AskAsync("POST /account/openid/{provider}/logout", scene, scene.RoomId, scene.BlobId, isPrepared: false)).Answer);
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task A_room_that_somebody_may_not_see_is_like_one_that_does_not_exist(string request, string who)
    {
        if (!request.Contains("oomId", StringComparison.Ordinal) && !request.Contains("rooms/{Id}", StringComparison.Ordinal))
        {
            return;
        }

        if (request.Contains("/people/rooms/", StringComparison.Ordinal) && (who == "administrator" || !request.StartsWith("GET ", StringComparison.Ordinal)))
        {
            // Who may know of all rooms, and of nothing in them. For everybody else, the page that has the forms is the same.
            return;
        }

        var scene = await server.SceneAsync(who, isOnlyRead: true);
        // A room of somebody else in which the caller never was, and ids that nothing has.
        var foreign = await server.CountAsync(() => server.AskAsync(request, scene, server.Foreign.Room, server.Foreign.Blob));
        var unknown = await server.CountAsync(() => server.AskAsync(request, scene, Guid.NewGuid(), Guid.NewGuid()));
        Assert.Equal(unknown, foreign);
        Assert.Equal(who == "nobody" ? Join : NotThere, foreign.Answer);
        // The file of a room through another, which may be one's own.
        if (request.Contains("blobId", StringComparison.Ordinal) && who is "viewer" or "member" or "owner")
        {
            Assert.Equal(NotThere, (await server.AskAsync(request, scene, scene.RoomId, server.Foreign.Blob)).Answer);
        }
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData("member")]
    [InlineData("administrator")]
    public async Task Every_page_tells_others_nothing_of_its_address_and_has_its_forms_taken(string who)
    {
        var scene = await server.SceneAsync(who, isOnlyRead: true);
        foreach (var path in Endpoints.Where(IsPage).Select(PathOf).Distinct(StringComparer.Ordinal))
        {
            // With "no-referrer", browsers send a form without an origin, which is refused over plain http.
            Assert.Equal(path.Contains("/invite/", StringComparison.Ordinal) ? "strict-origin" : "same-origin", await server.ReferrerPolicyAsync(path, scene));
            foreach (var secret in new[] { "token", "invitation", "returnUrl" })
            {
                Assert.Equal("strict-origin", await server.ReferrerPolicyAsync($"{path}?{secret}=secret", scene));
            }
        }
    }

    [Theory]
    [InlineData("nobody")]
    [InlineData("member")]
    [InlineData("administrator")]
    public async Task No_form_is_taken_without_its_token_or_from_another_site(string who)
    {
        var scene = await server.SceneAsync(who, isOnlyRead: true);
        foreach (var path in Endpoints.Where(e => IsPage(e) || e.RoutePattern.RawText == AccountsServices.LeavePath).Select(PathOf).Distinct(StringComparer.Ordinal))
        {
            using var bare = await server.PostAsync(path, scene, [], null);
            Assert.True(bare.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.Redirect or HttpStatusCode.MethodNotAllowed, $"{path}: {bare.StatusCode}");
            using var foreign = await server.PostAsync(path, scene, [], "cross-site");
            Assert.Equal(HttpStatusCode.Forbidden, foreign.StatusCode);
        }
    }

    private static bool IsPage(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<ComponentTypeMetadata>() is not null;

    private static string PathOf(RouteEndpoint endpoint) => "/" + endpoint.RoutePattern.RawText!.Trim('/');

    private static IEnumerable<string> RowsOf(RouteEndpoint endpoint)
    {
        // Of a build that was not published, the framework looks for further files by this pattern.
        if (endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is not null || endpoint.RoutePattern.RawText == "{**path:file}")
        {
            return [StaticFiles];
        }

        var path = PathOf(endpoint);
        if (IsPage(endpoint))
        {
            return Forms.Where(f => f.Page == path).Select(f => $"POST {path} {f.Form}").Prepend($"GET {path}");
        }

        var methods = endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Where(m => m is not "OPTIONS" and not "HEAD").ToList();
        return (methods is null or [] ? [AnyMethod] : methods).Select(m => $"{m} {path}");
    }

    [GeneratedRegex("@formname=\"(@\\(\\$\")?(?<name>[-a-z]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex FormName();

    internal sealed record Scene(Person? Caller, Guid RoomId, Guid BlobId, string Token);

    /// <summary>An answer as far as it may tell of anything, and what it cost.</summary>
    internal sealed record Told(string Answer, string Text, int Commands);

    /// <summary>One server for all cells.</summary>
    public sealed partial class Server : IAsyncLifetime
    {
        private readonly Counter _commands = new();
        private readonly Dictionary<string, Scene> _scenes = new(StringComparer.Ordinal);
        private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });

        private readonly List<Guid> _dismissed = [];
        private TestProvider _provider = null!;
        private int _people;
        private string _hash = null!;
        private string _cookies = "";

        public ChatHost Host { get; private set; } = null!;

        /// <summary>A room of nobody's in these tests, and a file in it.</summary>
        internal (Guid Room, Guid Blob) Foreign { get; private set; }

        public async Task InitializeAsync()
        {
            _provider = await TestProvider.StartAsync();
            _provider.SignIn("Nobody here");
            Host = await ChatHost.StartAsync(
                b => b.Services.Intercept(_commands),
                settings: [.. _provider.Settings(), ChatHost.Listening, "--Rooms:NewRooms=Private", "--Accounts:Guests=true", "--Accounts:Registration=Open", "--Web:Pages:MaxPerPerson=10000",
                    "--Mail:Host=127.0.0.1", "--Mail:From=chat@example.com", "--Mail:PublicAddress=https://chat.example.com"]);
            _client.BaseAddress = new Uri(Host.App.Urls.First());
            _hash = Host.App.Services.GetRequiredService<IPasswordHasher<PersonRow>>().HashPassword(new PersonRow { Id = Guid.NewGuid(), Name = "" }, "correct horse battery");
            var (_, room, blob) = await RoomAsync();
            Foreign = (room, blob);
        }

        public async Task DisposeAsync()
        {
            _client.Dispose();
            await Host.DisposeAsync();
            await _provider.DisposeAsync();
        }

        /// <summary>A room in which somebody is what the test asks for.</summary>
        internal async Task<Scene> SceneAsync(string who, bool isOnlyRead)
        {
            if (isOnlyRead && _scenes.TryGetValue(who, out var known))
            {
                return known;
            }

            var (owner, room, blob) = await RoomAsync();
            var caller = who == "nobody" ? null : await PersonAsync(who switch { "guest" => Standing.Guest, "administrator" => Standing.Administrator, _ => Standing.Registered });
            if (caller is not null && who is "ex-member" or "viewer" or "member" or "owner")
            {
                var role = who switch { "viewer" => RoomRole.Viewer, "owner" => RoomRole.Owner, _ => RoomRole.Member };
                Assert.Null((await Host.Rooms.SetMemberAsync(owner, room, caller!.Id, role, default)).Error);
                if (who == "ex-member")
                {
                    Assert.Null((await Host.Rooms.RemoveMemberAsync(owner, room, caller.Id, default)).Error);
                }
            }

            var invite = (await Host.Rooms.CreateInviteAsync(owner, room, RoomRole.Viewer, TimeSpan.FromDays(1), 1, default)).Value;
            var scene = new Scene(caller, room, blob, invite.Token);
            if (isOnlyRead)
            {
                _scenes[who] = scene;
            }

            return scene;
        }

        /// <summary>Sends a request as a browser would that has the page, and says what came of it.</summary>
        /// <param name="row">The request, as the table names it.</param>
        /// <param name="scene">Who asks, and where.</param>
        /// <param name="roomId">The room to ask for.</param>
        /// <param name="blobId">The file to ask for.</param>
        /// <param name="isPrepared">Whether what a form or a provider needs is there: many forms are on their pages only for some.</param>
        internal async Task<Told> AskAsync(string row, Scene scene, Guid roomId, Guid blobId, bool isPrepared = true)
        {
            var words = row.Split(' ');
            var path = words[1] == "static" ? "/css/app.css" : words[1]
                .Replace("{Id}", $"{roomId}", StringComparison.Ordinal).Replace("{roomId:guid}", $"{roomId}", StringComparison.OrdinalIgnoreCase)
                .Replace("{blobId:guid}", $"{blobId}", StringComparison.Ordinal).Replace("{Token}", scene.Token, StringComparison.Ordinal)
                .Replace("{*Path:nonfile}", "nothing/here", StringComparison.Ordinal).Replace("{provider}", "Company", StringComparison.Ordinal)
                .Replace("{file}", "0f766e.css", StringComparison.Ordinal);
            if (path.Contains("{PersonId:guid}", StringComparison.Ordinal))
            {
                path = path.Replace("{PersonId:guid}", $"{(await PersonAsync(Standing.Registered)).Id}", StringComparison.Ordinal);
            }

            if (words[1] is "/account/password" or "/account/address")
            {
                path += "?token=" + await LinkAsync(words[1] == "/account/password" ? OneTimeLinkKind.Password : OneTimeLinkKind.Address);
            }

            using var response = words[0] == "GET" || (words[0] == AnyMethod && words[1] is not ("/_blazor/negotiate" or "/_blazor/disconnect")) ? await SendAsync(new HttpRequestMessage(HttpMethod.Get, path == "/_blazor" ? await ConnectionAsync(scene) : path), scene)
                : await PostAsync(path, scene, await FieldsAsync(words, scene, isPrepared), null);
            await RestoreAsync();
            var text = Told(await response.Content.ReadAsStringAsync());
            var location = response.Headers.Location?.ToString();
            var answer = location?.StartsWith("/join?", StringComparison.Ordinal) == true ? Join : (response.StatusCode, path) switch
            {
                (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden, _) => No,
                // These want more than this test knows to say.
                (_, var p) when p.StartsWith("/_", StringComparison.Ordinal) => Yes,
                (HttpStatusCode.NotFound, _) => NotThere,
                (HttpStatusCode.BadRequest or HttpStatusCode.MethodNotAllowed, _) => No,
                _ => Yes,
            };
            return new Told(answer, text, 0);
        }

        /// <summary>Counts the commands to the database of what is done.</summary>
        internal async Task<Told> CountAsync(Func<Task<Told>> ask)
        {
            // The first may read what later ones have at hand.
            await ask();
            var before = _commands.Count;
            var told = await ask();
            return told with { Commands = _commands.Count - before };
        }

        internal Task<HttpResponseMessage> PostAsync(string path, Scene scene, IEnumerable<KeyValuePair<string, string>> fields, string? site)
        {
            var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(fields) };
            if (site is not null)
            {
                request.Headers.Add("Sec-Fetch-Site", site);
            }

            return SendAsync(request, scene);
        }

        internal async Task<string> ReferrerPolicyAsync(string path, Scene scene)
        {
            using var response = await SendAsync(new HttpRequestMessage(HttpMethod.Get, path), scene);
            return string.Join(", ", response.Headers.GetValues("Referrer-Policy"));
        }

        // What differs from request to request, whatever is asked for.
        private static string Told(string text) => Secrets().Replace(text, "");

        private async Task<List<KeyValuePair<string, string>>> FieldsAsync(string[] words, Scene scene, bool isPrepared)
        {
            if (words[1].EndsWith("/logout", StringComparison.Ordinal))
            {
                // A provider has no page here: its token says whose sessions it ends.
                return [KeyValuePair.Create("logout_token", _provider.LogoutToken(claims => claims["aud"] = isPrepared ? TestProvider.ClientId : "somebody else"))];
            }

            // The form's cookie comes with a page only if the browser has none.
            _cookies = "";
            using var page = await SendAsync(new HttpRequestMessage(HttpMethod.Get, "/join"), scene);
            var html = await page.Content.ReadAsStringAsync();
            var fields = new List<KeyValuePair<string, string>>
            {
                KeyValuePair.Create("__RequestVerificationToken", WebUtility.HtmlDecode(Antiforgery().Match(html).Groups["token"].Value)),
            };
            _cookies = page.Headers.TryGetValues("Set-Cookie", out var cookies) ? string.Join("; ", cookies.Select(c => c.Split(';')[0])) : "";
            if (words.Length > 2)
            {
                var (room, more) = isPrepared && scene.Caller is { } caller ? await PrepareAsync(words[2], caller) : (null, null);
                if (words[2] == "code")
                {
                    _cookies += "; " + await SecondStepAsync();
                }

                fields.Add(KeyValuePair.Create("_handler", words[2].EndsWith('-') ? $"{words[2]}{room ?? scene.RoomId:N}" : words[2]));
                fields.AddRange(Forms.Single(f => f.Form == words[2]).Fields.Select(f => KeyValuePair.Create(f.Name, f.Value)));
                fields.AddRange(more is { } field ? [field] : []);
            }

            return fields;
        }

        // Makes a form be on its page for whoever may have it there.
        private async Task<(Guid? Room, KeyValuePair<string, string>? Field)> PrepareAsync(string form, Person caller)
        {
            switch (form)
            {
                case "password-reset-read":
                    await ChangeAsync(caller.Id, row => row.PasswordResetAt = TimeProvider.System.GetUtcNow());
                    return default;
                case "two-factor":
                    await ChangeAsync(caller.Id, row => row.IsTwoFactor = true);
                    return default;
                case "passkeys":
                    await Host.App.Services.GetRequiredService<PeopleStore>().ChangeAsync(
                        change =>
                        {
                            change.Add(new PasskeyRow { Id = $"{caller.Id:N}", PersonId = caller.Id, Name = "Laptop", PublicKey = [], CreatedAt = TimeProvider.System.GetUtcNow() });
                            return Task.FromResult(true);
                        },
                        default);
                    return default;
                case "become-administrator":
                    // Only the first one is made by a link.
                    foreach (var other in Host.App.Services.GetRequiredService<PeopleDirectory>().People.Where(p => p.Standing == Standing.Administrator && p.Id != caller.Id).ToList())
                    {
                        _dismissed.Add(other.Id);
                        await ChangeAsync(other.Id, row => row.Standing = Standing.Registered);
                    }

                    return (null, KeyValuePair.Create("Token", await LinkAsync(OneTimeLinkKind.Administrator)));
                case "removed":
                    var removed = (await Host.Rooms.CreateAsync(caller, "A room", default)).Value.Id;
                    Assert.Null((await Host.Rooms.DeleteAsync(caller, removed, default)).Error);
                    return default;
                case "room-":
                    return ((await Host.Rooms.CreateAsync(caller, "A room", default)).Value.Id, null);
                case "owner-":
                    var (owner, room, _) = await RoomAsync();
                    await ChangeAsync(owner.Id, row => row.IsDisabled = true);
                    return (room, null);
                default:
                    return default;
            }
        }

        private async Task RestoreAsync()
        {
            foreach (var id in _dismissed)
            {
                await ChangeAsync(id, row => row.Standing = Standing.Administrator);
            }

            _dismissed.Clear();
        }

        private Task<bool> ChangeAsync(Guid personId, Action<PersonRow> how) => Host.App.Services.GetRequiredService<PeopleStore>().ChangeAsync(
            async change =>
            {
                how((await change.FindAsync(personId))!);
                return true;
            },
            default);

        // What a browser has after the first step of somebody with two-factor sign-in.
        private async Task<string> SecondStepAsync()
        {
            var whose = await PersonAsync(Standing.Registered);
            await ChangeAsync(whose.Id, row => row.IsTwoFactor = true);
            var stamp = (await Host.App.Services.GetRequiredService<PeopleStore>().FindAsync(whose.Id, default))!.SecurityStamp!;
            var context = new DefaultHttpContext();
            Host.App.Services.GetRequiredService<SecondStep>().Begin(context, new PendingSignIn(whose.Id, stamp));
            return context.Response.Headers.SetCookie.ToString().Split(';')[0];
        }

        private async Task<string> ConnectionAsync(Scene scene)
        {
            using var negotiated = await SendAsync(new HttpRequestMessage(HttpMethod.Post, "/_blazor/negotiate?negotiateVersion=1"), scene);
            var match = Connection().Match(await negotiated.Content.ReadAsStringAsync());
            return match.Success ? $"/_blazor?id={match.Groups["id"].Value}" : "/_blazor";
        }

        private Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, Scene scene)
        {
            var cookies = new[] { _cookies, scene.Caller is { } person ? $"{FormBrowser.PersonCookie}={SignedIn.CookieOf(Host.App, person)}" : "" };
            request.Headers.TryAddWithoutValidation("Cookie", string.Join("; ", cookies.Where(c => c.Length > 0)));
            return _client.SendAsync(request);
        }

        private Task<Person> PersonAsync(Standing standing) =>
            SignedIn.AddAsync(Host.App, $"Person {++_people} of this test", standing, standing == Standing.Guest ? null : _hash);

        private async Task<(Person Owner, Guid Room, Guid Blob)> RoomAsync()
        {
            var owner = await PersonAsync(Standing.Registered);
            var room = (await Host.Rooms.CreateAsync(owner, "A room", default)).Value;
            Assert.Null((await Host.Rooms.ChangeAsync(owner, room.Id, null, null, AnswerMode.WhenMentioned, default)).Error);
            var message = await Host.PostAsync(room, "Hello", owner);
            return (owner, room.Id, (await Host.App.Services.GetRequiredService<ITurnStore>().AddBlobAsync(message.Id, new Blob("text/plain", "Whole"u8.ToArray()), default))!.Value);
        }

        private async Task<string> LinkAsync(OneTimeLinkKind kind)
        {
            var whose = await PersonAsync(Standing.Registered);
            var token = OneTimeToken.Create();
            var now = TimeProvider.System.GetUtcNow();
            await Host.App.Services.GetRequiredService<PeopleStore>().ChangeAsync(
                change =>
                {
                    change.Add(new OneTimeLinkRow
                    {
                        Id = Guid.NewGuid(), TokenHash = OneTimeToken.HashOf(token)!, Kind = kind, PersonId = kind == OneTimeLinkKind.Administrator ? null : whose.Id, CreatedAt = now, ExpiresAt = now.AddDays(1),
                    });
                    return Task.FromResult(true);
                },
                default);
            return token;
        }

        [GeneratedRegex("<!--.*?-->|[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}|name=\"__RequestVerificationToken\" value=\"[^\"]*\"", RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
        private static partial Regex Secrets();

        [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"(?<token>[^\"]*)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
        private static partial Regex Antiforgery();

        [GeneratedRegex("\"connectionToken\":\"(?<id>[^\"]+)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
        private static partial Regex Connection();
    }

    private sealed class Counter : DbCommandInterceptor
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public override DbCommand CommandInitialized(CommandEndEventData eventData, DbCommand result)
        {
            Interlocked.Increment(ref _count);
            return result;
        }
    }
}
