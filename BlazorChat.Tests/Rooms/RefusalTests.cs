using System.Reflection;
using BlazorChat.Live;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using BlazorChat.Turns;

namespace BlazorChat.Tests.Rooms;

/// <summary>
/// Everything that somebody can ask of the services, found by reflection, so that what is added is here too: nobody who has not joined
/// gets anything, or hears what exists.
/// </summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class RefusalTests : IAsyncLifetime
{
    // What is not there has nothing older, and nothing of it was sent: none of these says more of a room or a message than that.
    private static readonly string[] EmptyWhereNothingIs = [nameof(RoomService.ReadOlderAsync), nameof(ResponseService.ReadSentAsync)];

    private ChatHost _host = null!;

    public async Task InitializeAsync() => _host = await ChatHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Whoever_has_not_joined_is_refused_everywhere_whether_or_not_it_exists()
    {
        var room = await _host.RoomAsync();
        var message = await _host.PostAsync(room, "Hello");
        Person?[] strangers = [null, new Person(Guid.Empty, "Nobody"), new Person(Guid.NewGuid(), " ")];
        Assert.True(Methods().Count() >= 24, "Reflection finds too little.");
        foreach (var method in Methods())
        {
            foreach (var stranger in strangers)
            {
                Assert.Equal((method, RoomErrorKind.Forbidden), (method, await AskAsync(method, stranger, room.Id, message.Id)));
                Assert.Equal((method, RoomErrorKind.Forbidden), (method, await AskAsync(method, stranger, room.Id, Guid.NewGuid())));
                Assert.Equal((method, RoomErrorKind.Forbidden), (method, await AskAsync(method, stranger, Guid.NewGuid(), message.Id)));
            }
        }

        using var watch = await _host.WatchAsync(room);
        Assert.Equal("Hello", Assert.Single(watch.Now.Messages, m => m.Message.Author.Kind == AuthorKind.Person).Message.Text);
        Assert.Equal(room.Name, watch.Now.Room.Name);
    }

    [Fact]
    public async Task A_room_that_does_not_exist_is_not_found()
    {
        foreach (var method in Methods().Where(m => m.GetParameters().Any(p => p.Name == "roomId") && !EmptyWhereNothingIs.Contains(m.Name, StringComparer.Ordinal)))
        {
            Assert.Equal((method, RoomErrorKind.NotFound), (method, await AskAsync(method, ChatHost.Ada, Guid.NewGuid(), Guid.NewGuid())));
        }
    }

    [Fact]
    public async Task A_message_of_another_room_is_not_found()
    {
        var room = await _host.RoomAsync();
        var message = await _host.PostAsync(room, "Hello");
        var other = await _host.RoomAsync("Other");
        foreach (var method in Methods().Where(m => m.GetParameters().Any(p => p.Name is "messageId" or "questionId" && p.ParameterType == typeof(Guid))
            && !EmptyWhereNothingIs.Contains(m.Name, StringComparer.Ordinal)))
        {
            Assert.Equal((method, RoomErrorKind.NotFound), (method, await AskAsync(method, ChatHost.Ada, other.Id, message.Id)));
        }

        using var watch = await _host.WatchAsync(room);
        Assert.Equal("Hello", Assert.Single(watch.Now.Messages, m => m.Message.Author.Kind == AuthorKind.Person).Message.Text);
    }

    private static IEnumerable<MethodInfo> Methods() =>
        from service in new[] { typeof(RoomService), typeof(ResponseService), typeof(LiveRooms) }
        from method in service.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
        where typeof(Task).IsAssignableFrom(method.ReturnType) && method.GetParameters() is [{ } first, ..] && first.ParameterType == typeof(Person)
        select method;

    private async Task<RoomErrorKind?> AskAsync(MethodInfo method, Person? person, Guid roomId, Guid messageId)
    {
        object service = method.DeclaringType == typeof(RoomService) ? _host.Rooms : method.DeclaringType == typeof(ResponseService) ? _host.Responses : _host.Live;
        var asked = (Task)method.Invoke(service, [.. method.GetParameters().Select(p => Given(p, person, roomId, messageId))])!;
        await asked;
        dynamic result = ((dynamic)asked).Result;
        return ((RoomError?)result.Error)?.Kind;
    }

    private static object? Given(ParameterInfo parameter, Person? person, Guid roomId, Guid messageId) => parameter switch
    {
        { ParameterType: var type } when type == typeof(Person) => person,
        { Name: "roomId" } => roomId,
        { Name: "clientId" } => Guid.NewGuid(),
        { ParameterType: var type } when type == typeof(Guid) || type == typeof(Guid?) => messageId,
        { ParameterType: var type } when type == typeof(string) => "Mine",
        { ParameterType: var type } when type == typeof(Action) => () => { }
        ,
        { ParameterType: var type } when type == typeof(RoomSettingsChange) => new RoomSettingsChange { Instructions = "Mine" },
        // As long and as often as an invite may be used.
        { ParameterType: var type } when type == typeof(TimeSpan) => TimeSpan.FromDays(1),
        { ParameterType: var type } when type == typeof(int) => 1,
        // No page has shown the tool.
        { ParameterType: var type } when type == typeof(ToolFingerprint) => null,
        { HasDefaultValue: true } => parameter.DefaultValue,
        { ParameterType.IsValueType: true } => Activator.CreateInstance(parameter.ParameterType),
        _ => throw new InvalidOperationException($"What is to be given for {parameter}?"),
    };
}
