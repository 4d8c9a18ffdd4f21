using System.Reflection;
using System.Text.RegularExpressions;
using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Tests.Support;
using Microsoft.AspNetCore.Components;

namespace BlazorChat.Tests.Access;

/// <summary>
/// What components and endpoints get at: each service of this app that they are given, whatever its class is called. A method of it that is about a
/// person or a room is in the tables of docs/security.md, or here with a reason.
/// </summary>
[Trait(nameof(Kind), Kind.Unit)]
public sealed partial class ReachableServicesTests
{
    private static readonly Assembly App = typeof(BlazorChatApp).Assembly;

    private const string Tells = "tells a page what to show of what is its own person's, or of the room that it shows";

    private const string Server = "for code on the server alone, which no page calls with what it was sent";

    private const string Authorizer = "is the authorizer, or asks it and does nothing";

    private const string Asked = "after the authorizer was asked";

    private const string Flow = "for whose session has just begun";

    private static readonly Dictionary<string, string> WithReason = new(StringComparer.Ordinal)
    {
        ["AccountAdministration.ChangeAsync"] = Authorizer + ": what it is given to do is in the tables",
        ["AccountAuthorizer.Authorize"] = Authorizer,
        ["AccountAuthorizer.May"] = Authorizer,
        ["JoinRate.TakeName"] = Tells,
        ["LiveRooms.AccessOf"] = Asked,
        ["LiveRooms.CheckViewAsync"] = Authorizer,
        ["LiveRooms.Refusal"] = Authorizer,
        ["LiveRooms.StandingOf"] = Tells,
        ["Newcomers.MayRegister"] = Tells,
        ["OpenIdChecks.EndOthersAsync"] = Server,
        ["OpenIdChecks.RefuseAsync"] = Server,
        ["OpenPages.Follow"] = "follows the page's own person",
        ["PeopleDirectory.Find"] = Tells,
        ["PeopleDirectory.FindSession"] = Tells,
        ["PeopleDirectory.IsGone"] = Tells,
        ["PeopleDirectory.IsValid"] = Tells,
        ["PeopleDirectory.NameOf"] = Tells,
        ["PeopleDirectory.StandingOf"] = Tells,
        ["PersonSessions.IsOfOrigin"] = Tells,
        ["PersonSessions.RefuseAsync"] = Server,
        ["ResponseService.WhyNotApprove"] = Authorizer,
        ["RoomService.AccessOf"] = Asked,
        ["RoomService.CheckViewAsync"] = Authorizer,
        ["RoomService.ForgetAsync"] = Server,
        ["RoomInvitations.JoinAsync"] = Flow,
        ["RoomInvitations.MakesAccountAsync"] = Tells,
        ["RoomInvitations.UseAsync"] = "asks the secret of a link, within the transaction of an account that is made",
        ["RoomService.IsLastOwner"] = Tells,
        ["RoomService.MayInviteAsync"] = Authorizer,
        ["RoomService.UseCountedInviteAsync"] = "what RoomInvitations.JoinAsync asks",
        ["RoomService.OpenAsync"] = "what LiveRooms.SubscribeAsync and ReadAsync ask, which are in the tables",
        ["RoomService.OwnedAlone"] = Tells,
        ["RoomService.ReadList"] = Asked,
        ["RoomService.Refusal"] = Authorizer,
        ["RoomService.SeesFrom"] = Asked,
        ["RoomService.SetGroupRoleAsync"] = Server,
        ["RoomService.StandingOf"] = Tells,
        ["SignInFlow.CompleteAsync"] = Flow,
        ["SignInFlow.EnterAsync"] = Flow,
    };

    [Fact]
    public void Every_method_about_a_person_or_a_room_is_in_a_table_or_has_a_reason()
    {
        var methods = Services().SelectMany(MethodsOf).Where(IsAboutSomebody).Select(m => $"{m.DeclaringType!.Name}.{m.Name}").ToHashSet(StringComparer.Ordinal);
        var known = RightsTable.Operations.Concat(AccountRightsTests.Reasons).Concat(RightsTests.Reasons).ToHashSet(StringComparer.Ordinal);
        var without = methods.Except(known, StringComparer.Ordinal).Except(WithReason.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        Assert.True(without.Count == 0, $"In no table of docs/security.md, and without a reason here:\n{string.Join('\n', without)}");
        Assert.Empty(WithReason.Keys.Except(methods, StringComparer.Ordinal));
    }

    [Fact]
    public void The_services_of_the_tables_are_those_that_are_reached() =>
        Assert.Empty(RightsTests.Services.Concat(AccountRightsTests.Services).Except(Services()));

    // Whatever a component asks for, an endpoint's function takes, or the code of either gets from the provider.
    private static HashSet<Type> Services()
    {
        var given = App.GetTypes().Where(t => t.IsAssignableTo(typeof(IComponent)))
            .SelectMany(t => t.GetProperties(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance))
            .Where(p => p.GetCustomAttribute<InjectAttribute>() is not null).Select(p => p.PropertyType);
        var named = Directory.EnumerateFiles(Repository.File("BlazorChat"), "*.cs", SearchOption.AllDirectories)
            .Where(f => !f.Contains("/obj/", StringComparison.Ordinal) && !f.Contains("/bin/", StringComparison.Ordinal)).Select(File.ReadAllText)
            .SelectMany(text => Mapped().Matches(text).SelectMany(m => Parameters().Matches(m.Value)).Concat(text.Contains("RequestServices", StringComparison.Ordinal) ? Resolved().Matches(text) : []))
            .Select(m => m.Groups["type"].Value).ToHashSet(StringComparer.Ordinal);
        var all = new[] { App, typeof(RoomAuthorizer).Assembly }.SelectMany(a => a.GetTypes()).Where(t => !t.IsNested);
        return [.. given.Concat(all.Where(t => named.Contains(t.Name))).Where(t => t.Assembly.GetName().Name!.StartsWith("BlazorChat", StringComparison.Ordinal))];
    }

    // All but what only the class itself can call.
    private static IEnumerable<MethodInfo> MethodsOf(Type type) => type
        .GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.DeclaredOnly)
        .Where(m => !m.IsPrivate && !m.IsFamily && !m.IsSpecialName && !m.Name.Contains('<', StringComparison.Ordinal));

    private static bool IsAboutSomebody(MethodInfo method) => method.GetParameters().Any(p =>
        p.ParameterType == typeof(Person) || p.ParameterType == typeof(KnownPerson) || p.ParameterType == typeof(Guid) || p.ParameterType == typeof(Guid?));

    [GeneratedRegex(@"endpoints\.Map.*=>", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Mapped();

    [GeneratedRegex(@"(?<type>\w+) \w+(?=[,)])", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Parameters();

    [GeneratedRegex(@"GetRequiredService<(?<type>\w+)>", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Resolved();
}
