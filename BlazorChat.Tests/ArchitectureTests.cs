using System.Reflection;
using System.Text.RegularExpressions;
using BlazorChat.Access;
using BlazorChat.Live;
using BlazorChat.Rooms;
using BlazorChat.Storage;
using BlazorChat.Tests.Support;
using BlazorChat.Turns;
using NetArchTest.Rules;

namespace BlazorChat.Tests;

/// <summary>What projects cannot say about who may know whom, and what the page about the architecture names.</summary>
[Trait(nameof(Kind), Kind.Unit)]
public sealed partial class ArchitectureTests
{
    private static readonly Assembly App = typeof(LiveRooms).Assembly;
    private static readonly Assembly Core = typeof(Room).Assembly;
    private static readonly Assembly Agents = typeof(Assistant).Assembly;
    private static readonly Assembly Database = typeof(ChatDbContext).Assembly;

    [Fact]
    public void The_core_knows_no_web_no_database_no_markup_and_no_model() => Never(Types.InAssembly(Core),
        "Microsoft.AspNetCore", "Microsoft.EntityFrameworkCore", "Markdig", "BlazorChat.Markdown", "BlazorChat.Storage", "Microsoft.SemanticKernel", "Microsoft.Extensions.AI", "Npgsql", "Microsoft.Data.Sqlite");

    [Fact]
    public void Assistants_know_no_page_and_no_database() => Never(Types.InAssembly(Agents),
        "BlazorChat.Components", "BlazorChat.Live", "BlazorChat.Web", "BlazorChat.Storage", "Microsoft.EntityFrameworkCore", "Microsoft.AspNetCore.Components", "Microsoft.AspNetCore.Builder", "BlazorChat.Markdown");

    [Fact]
    public void Storage_knows_no_page_and_no_assistant() => Never(Types.InAssembly(Database),
        "BlazorChat.Components", "BlazorChat.Live", "BlazorChat.Web", "BlazorChat.Assistants", "Microsoft.SemanticKernel", "Microsoft.AspNetCore.Components", "Microsoft.AspNetCore.Builder", "BlazorChat.Commands");

    [Fact]
    public void Components_touch_no_store() => Never(Types.InAssembly(App).That().ResideInNamespaceStartingWith("BlazorChat.Components"),
        "BlazorChat.Storage", "Microsoft.EntityFrameworkCore", typeof(IRoomStore).FullName!, typeof(ITurnStore).FullName!, typeof(RoomBroadcaster).FullName!);

    [Fact]
    public void Projections_know_neither_components_nor_stores() => Never(Types.InAssembly(App).That().ResideInNamespaceStartingWith("BlazorChat.Live"),
        "BlazorChat.Components", "BlazorChat.Storage", "Microsoft.AspNetCore.Components", typeof(IRoomStore).FullName!);

    [Fact]
    public void Only_commands_and_services_ask_the_authorizer() => Assert.Equal(
        [],
        Types.InAssemblies([App, Core, Agents]).That().HaveDependencyOn(typeof(IRoomAuthorizer).FullName!).GetTypes()
            .Select(t => t.FullName!.Split('+')[0].Split('`')[0]).Distinct()
            .Except(
            [
                typeof(IRoomAuthorizer).FullName!, typeof(RoomAuthorizer).FullName!, typeof(RoomService).FullName!, typeof(ResponseService).FullName!,
                "BlazorChat.Commands.RoomCommandContext", "BlazorChat.Commands.RoomCommandServices", "BlazorChat.Rooms.RoomsServices", "BlazorChat.Turns.TurnsServices", "BlazorChat.Turns.TurnAskers",
            ]));

    [Fact]
    public void What_people_do_is_asked_of_the_services_and_not_of_the_owners_behind_them() =>
        Never(Types.InAssembly(App), typeof(IRoomOwners).FullName!, "BlazorChat.Commands");

    [Fact]
    public void Every_command_asks_for_a_permission_but_that_of_code_on_the_server()
    {
        var commands = Core.GetTypes().Where(t => !t.IsAbstract && t.IsSubclassOf(typeof(Commands.RoomCommand))).ToList();
        Assert.NotEmpty(commands);
        var without = commands.Where(t => t.GetProperty("Permission", BindingFlags.Instance | BindingFlags.NonPublic)!
            .GetValue(System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(t)) is null);
        Assert.Equal([typeof(Commands.ForgetPerson), typeof(Commands.PostServiceMessage), typeof(Commands.SetGroupRole)], without.OrderBy(t => t.Name, StringComparer.Ordinal));
    }

    [Fact]
    public void One_file_puts_markup_into_a_page() => Assert.Equal(
        ["SafeMarkup.cs"],
        Directory.EnumerateFiles(Repository.File("BlazorChat"), "*.*", SearchOption.AllDirectories)
            .Where(f => f.EndsWith(".cs", StringComparison.Ordinal) || f.EndsWith(".razor", StringComparison.Ordinal))
            .Where(f => !f.Contains("/obj/", StringComparison.Ordinal) && !f.Contains("/bin/", StringComparison.Ordinal))
            .Where(f => File.ReadAllText(f).Contains("AddMarkupContent", StringComparison.Ordinal)).Select(f => Path.GetFileName(f)));

    // What somebody is on the server means something in two classes: RoomAuthorizer and AccountAuthorizer. The others only ask whether somebody is
    // anybody, notice that it has changed, write down what somebody becomes, or choose words.
    [Fact]
    public void Pages_and_services_ask_the_authorizer_what_an_administrator_may() => Assert.Equal(
        ["AccountAuthorizer.cs", "AccountsServices.cs", "LeaveServer.razor", "LiveRooms.cs", "OpenPages.cs", "PersonMenu.razor", "PersonSessions.cs", "RoomView.cs"],
        Directory.EnumerateFiles(Repository.File("BlazorChat"), "*.*", SearchOption.AllDirectories)
            .Where(f => f.EndsWith(".cs", StringComparison.Ordinal) || f.EndsWith(".razor", StringComparison.Ordinal))
            .Where(f => !f.Contains("/obj/", StringComparison.Ordinal) && !f.Contains("/bin/", StringComparison.Ordinal))
            .Where(f => File.ReadAllText(f).Contains("StandingOf(", StringComparison.Ordinal)).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));

    [Fact]
    public void Whoever_has_to_wait_is_told_so_in_the_status_by_every_page_with_a_form() => Assert.Equal(
        [],
        Directory.EnumerateFiles(Repository.File("BlazorChat/Components"), "*.razor", SearchOption.AllDirectories).Where(f =>
            File.ReadAllText(f) is var text && text.Contains("@formname", StringComparison.Ordinal) && text.Contains(".Message;", StringComparison.Ordinal))
            .Select(f => $"{Path.GetFileName(f)} has to ask HttpContext.Refuse"));

    [Fact]
    public void No_two_types_have_one_name()
    {
        var names = new[] { App, Core, Agents, Database, typeof(BlazorChat.Markdown.MarkdownStream).Assembly }.SelectMany(a => a.GetTypes())
            .Where(t => !t.IsNested && t.Namespace?.StartsWith("BlazorChat", StringComparison.Ordinal) == true && !t.Name.StartsWith('<')
                && t.Namespace is { } space && !space.Contains("Migrations", StringComparison.Ordinal) && !space.Contains("Compiled", StringComparison.Ordinal) && t.Name != "_Imports");
        Assert.Equal([], names.GroupBy(t => t.Name, StringComparer.Ordinal).Where(g => g.Count() > 1).Select(g => string.Join(" and ", g.Select(t => t.FullName))));
    }

    [Fact]
    public void Every_class_of_tests_says_what_its_tests_take()
    {
        var kinds = typeof(Kind).GetFields().Select(f => (string)f.GetValue(null)!).ToHashSet(StringComparer.Ordinal);
        var without = typeof(ArchitectureTests).Assembly.GetTypes()
            .Where(t => !t.IsAbstract && t.GetMethods().Any(m => m.GetCustomAttributes<FactAttribute>().Any()))
            .Where(t => t.GetCustomAttributesData().Concat(t.BaseType?.GetCustomAttributesData() ?? []).Count(a => a.AttributeType == typeof(TraitAttribute)
                && a.ConstructorArguments is [{ Value: nameof(Kind) }, { Value: string kind }] && kinds.Contains(kind)) != 1);
        Assert.Equal([], without.Select(t => t.FullName!));
    }

    [Fact]
    public void What_the_page_about_the_architecture_names_is_there()
    {
        var files = Directory.EnumerateFiles(Repository.File(), "*.*", SearchOption.AllDirectories)
            .Where(f => f.EndsWith(".cs", StringComparison.Ordinal) || f.EndsWith(".razor", StringComparison.Ordinal) || f.EndsWith(".js", StringComparison.Ordinal))
            .Where(f => !f.Contains("/obj/", StringComparison.Ordinal) && !f.Contains("/bin/", StringComparison.Ordinal) && !f.Contains("/node_modules/", StringComparison.Ordinal))
            .ToLookup(f => Path.GetFileName(f), StringComparer.Ordinal);
        var page = File.ReadAllText(Path.Combine(Repository.File(), "docs", "architecture.md"));
        var named = Steps().Matches(page).Select(m => (File: m.Groups["file"].Value, Member: m.Groups["member"].Value)).Distinct().ToList();
        Assert.True(named.Count > 40, "The page walks the ways of a message, an approval, a stop and a recovery.");
        Assert.All(named, step => Assert.True(
            files[step.File].Any(f => Regex.IsMatch(File.ReadAllText(f), $@"\b{step.Member}\b", RegexOptions.None, TimeSpan.FromSeconds(1))), $"{step.File} has no {step.Member}."));
    }

    // A newcomer reads all of a way: it must not grow without anybody noticing.
    [Theory]
    [InlineData("The way of a message", 30, 20)]
    [InlineData("The way of an approval", 12, 12)]
    [InlineData("The way of a stop", 12, 12)]
    [InlineData("The way of a recovery", 12, 12)]
    public void The_ways_through_the_code_are_short(string heading, int maxHops, int maxFiles)
    {
        var page = File.ReadAllText(Path.Combine(Repository.File(), "docs", "architecture.md"));
        var begin = page.IndexOf($"## {heading}\n", StringComparison.Ordinal);
        var section = page[begin..page.IndexOf("\n## ", begin + 3, StringComparison.Ordinal)];
        var hops = Hops().Matches(section).ToList();
        Assert.InRange(hops.Count, 5, maxHops);
        Assert.All(hops, hop => Assert.Matches(Steps(), hop.Value));
        Assert.InRange(hops.SelectMany(hop => Steps().Matches(hop.Value)).Select(step => step.Groups["file"].Value).Distinct(StringComparer.Ordinal).Count(), 5, maxFiles);
    }

    private static void Never(PredicateList types, params string[] what) => Never(types.ShouldNot().HaveDependencyOnAny(what).GetResult());

    private static void Never(Types types, params string[] what) => Never(types.ShouldNot().HaveDependencyOnAny(what).GetResult());

    private static void Never(TestResult result) => Assert.Equal([], (result.FailingTypes ?? []).Select(t => t.FullName!));

    // `File.cs` `Member`
    [GeneratedRegex(@"`(?<file>\w+\.(?:cs|razor|js))` `(?<member>\w+)`", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Steps();

    // A numbered line with those that go on from it.
    [GeneratedRegex(@"^\d+\. .*(?:\n +.*)*", RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Hops();
}
