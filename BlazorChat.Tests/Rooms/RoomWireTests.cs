using System.Collections;
using System.Collections.Immutable;
using System.Reflection;
using System.Text;
using System.Text.Json;
using BlazorChat.Commands;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using BlazorChat.Turns;

namespace BlazorChat.Tests.Rooms;

/// <summary>What crosses the seam between processes comes out as it went in, every kind of it.</summary>
[Trait(nameof(Kind), Kind.Unit)]
public sealed class RoomWireTests
{
    private const int Samples = 25;

    public static TheoryData<Type> Commands => [.. Kinds<RoomCommand>()];

    public static TheoryData<Type> Events => [.. Kinds<RoomEvent>()];

    public static TheoryData<Type> Deltas => [.. Kinds<ResponseDelta>()];

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_command_arrives_as_it_was_sent(Type kind) => RoundTrips<RoomCommand>(kind, RoomWire.Write);

    [Theory]
    [MemberData(nameof(Events))]
    public void An_event_arrives_as_it_was_sent(Type kind) => RoundTrips<RoomEvent>(kind, RoomWire.Write);

    [Theory]
    [MemberData(nameof(Deltas))]
    public void A_delta_arrives_as_it_was_sent(Type kind) => RoundTrips<ResponseDelta>(kind, RoomWire.Write);

    [Fact]
    public void A_room_arrives_with_its_running_responses() => RoundTrips<OpenRoomState>(typeof(OpenRoomState), RoomWire.Write);

    [Fact]
    public void What_a_command_gave_arrives_as_value_or_as_error()
    {
        var turn = (Turn)new Given(1).Of(typeof(Turn));
        Assert.Equal(Described(turn), Described(RoomWire.ReadResult<Turn>(RoomWire.Write<Turn>(turn)).Value));
        Assert.Equal(7, RoomWire.ReadResult<int>(RoomWire.Write<int>(7)).Value);
        var error = new RoomError(RoomErrorKind.Limit, "Too much.");
        Assert.Equal(error, RoomWire.ReadResult<Turn>(RoomWire.Write<Turn>(error)).Error);
        var said = new RoomError(RoomErrorKind.Limit, $"{"Ada"} has {1_000:N0} of {2.5} {default(string)}.") { RetryAfter = TimeSpan.FromSeconds(2) };
        var read = RoomWire.ReadResult<Turn>(RoomWire.Write<Turn>(said)).Error!;
        Assert.Equal(said, read);
        Assert.Equal((said.Pattern, said.Message), (read.Pattern, string.Format(System.Globalization.CultureInfo.InvariantCulture, read.Pattern, [.. read.Arguments])));
    }

    [Fact]
    public void Members_that_are_not_known_are_passed_over()
    {
        var json = Encoding.UTF8.GetString(RoomWire.Write(new RoomEvent.TurnWithdrawn(Guid.Empty)));
        var more = json.Replace("\"turnId\"", "\"new\":[1,{\"a\":2}],\"turnId\"", StringComparison.Ordinal);
        Assert.Equal(new RoomEvent.TurnWithdrawn(Guid.Empty), RoomWire.Read<RoomEvent>(Encoding.UTF8.GetBytes(more)));
    }

    [Theory]
    [InlineData("""{"version":2,"body":{"kind":"TurnWithdrawn","turnId":"00000000-0000-0000-0000-000000000000"}}""")]
    [InlineData("""{"version":1,"body":{"kind":"Nonsense"}}""")]
    [InlineData("""{"version":1}""")]
    [InlineData("[]")]
    [InlineData("")]
    public void What_is_no_event_of_this_version_is_refused(string json) =>
        Assert.Throws<JsonException>(() => RoomWire.Read<RoomEvent>(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void What_is_computed_from_the_rest_does_not_travel()
    {
        var room = (OpenRoomState)new Given(3).Of(typeof(OpenRoomState));
        Assert.NotEmpty(room.State.Messages);
        var json = Encoding.UTF8.GetString(RoomWire.Write(room));
        Assert.All(["owner", "calls", "isRunning", "canRetry"], computed => Assert.DoesNotContain($"\"{computed}\":", json, StringComparison.Ordinal));
    }

    private static IEnumerable<Type> Kinds<T>() => typeof(T).Assembly.GetTypes().Where(t => !t.IsAbstract && t.IsSubclassOf(typeof(T))).OrderBy(t => t.Name, StringComparer.Ordinal);

    private static void RoundTrips<T>(Type kind, Func<T, byte[]> write)
        where T : class
    {
        for (var seed = 0; seed < Samples; seed++)
        {
            var sent = (T)new Given(seed).Of(kind);
            var arrived = RoomWire.Read<T>(write(sent));
            Assert.Equal(Described(sent), Described(arrived));
        }
    }

    // Every member that can be set, in full: arrays of records are equal only as the same array.
    private static string Described(object? value)
    {
        var text = new StringBuilder();
        Describe(value, text);
        return text.ToString();
    }

    private static void Describe(object? value, StringBuilder text)
    {
        switch (value)
        {
            case null:
                text.Append("null");
                break;
            case string or ValueType and not IEnumerable when value is string || value.GetType().Namespace == nameof(System) || value.GetType().IsEnum:
                text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{value}|");
                break;
            case IDictionary dictionary:
                foreach (var key in dictionary.Keys.Cast<string>().Order(StringComparer.Ordinal))
                {
                    text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{key}=");
                    Describe(dictionary[key], text);
                }

                break;
            case IEnumerable items:
                text.Append('[');
                foreach (var item in items)
                {
                    Describe(item, text);
                }

                text.Append(']');
                break;
            default:
                text.Append(value.GetType().Name).Append('{');
                foreach (var property in value.GetType().GetProperties().Where(p => p.CanWrite).OrderBy(p => p.Name, StringComparer.Ordinal))
                {
                    text.Append(property.Name).Append(':');
                    Describe(property.GetValue(value), text);
                }

                text.Append('}');
                break;
        }
    }

    /// <summary>Random values of any type that travels; the same seed gives the same.</summary>
    private sealed class Given(int seed)
    {
        private static readonly string[] Texts = ["", "a", "Ünïcode 🎲 \u202E", "two\nlines", "\"quotes\" \\ </script>", "\0"];

        private readonly Random _random = new(seed);
        private int _depth;

        public object Of(Type type)
        {
            if (Nullable.GetUnderlyingType(type) is { } underlying)
            {
                return Of(underlying);
            }

            if (type == typeof(string))
            {
                return Texts[_random.Next(Texts.Length)];
            }

            if (type.IsEnum)
            {
                var values = Enum.GetValues(type);
                return values.GetValue(_random.Next(values.Length))!;
            }

            if (type == typeof(Guid))
            {
                return new Guid(_random.Next(), 1, 2, new byte[8]);
            }

            return type switch
            {
                _ when type == typeof(int) => _random.Next(0, 5),
                _ when type == typeof(long) => _random.NextInt64(),
                _ when type == typeof(bool) => _random.Next(2) == 1,
                _ when type == typeof(decimal) => _random.Next() / 1000m,
                _ when type == typeof(DateTimeOffset) => DateTimeOffset.UnixEpoch.AddMilliseconds(_random.Next()),
                _ when type == typeof(TimeSpan) => TimeSpan.FromMilliseconds(_random.Next()),
                _ when type == typeof(ImmutableDictionary<string, string>) => ImmutableDictionary<string, string>.Empty.Add("key", Texts[3]),
                _ when type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableArray<>) => Array(type.GenericTypeArguments[0]),
                _ => Object(type),
            };
        }

        private object Array(Type of)
        {
            var items = System.Array.CreateInstance(of, _depth > 4 ? 0 : _random.Next(0, 4));
            for (var i = 0; i < items.Length; i++)
            {
                items.SetValue(Of(of), i);
            }

            return typeof(ImmutableArray).GetMethods().Single(m => m.Name == nameof(ImmutableArray.Create) && m.GetParameters() is [{ ParameterType.IsArray: true }])
                .MakeGenericMethod(of).Invoke(null, [items])!;
        }

        private object Object(Type type)
        {
            if (type.IsAbstract)
            {
                var kinds = type.Assembly.GetTypes().Where(t => !t.IsAbstract && t.IsSubclassOf(type)).ToList();
                return Object(kinds[_random.Next(kinds.Count)]);
            }

            _depth++;
            var nullability = new NullabilityInfoContext();
            var constructor = type.GetConstructors().Where(c => c.GetParameters() is not [{ } only] || only.ParameterType != type).MaxBy(c => c.GetParameters().Length);
            var made = constructor is null
                ? Activator.CreateInstance(type)!
                : constructor.Invoke([.. constructor.GetParameters().Select(p => IsNull(nullability.Create(p)) ? null : Of(p.ParameterType))]);
            foreach (var property in type.GetProperties().Where(p => p.CanWrite && constructor?.GetParameters().Any(c => c.Name == p.Name) != true))
            {
                property.SetValue(made, IsNull(nullability.Create(property)) ? null : Of(property.PropertyType));
            }

            _depth--;
            return made;
        }

        private bool IsNull(NullabilityInfo info) => info.WriteState == NullabilityState.Nullable && _random.Next(2) == 0;
    }
}
