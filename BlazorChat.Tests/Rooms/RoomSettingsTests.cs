using System.Collections.Immutable;
using System.Reflection;
using BlazorChat.Access;
using BlazorChat.Components.Rooms;
using BlazorChat.Rooms;
using BlazorChat.Storage;
using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.Rooms;

/// <summary>Every setting of a room, found by reflection: one that is added is compared, changed, stored and edited like the others.</summary>
[Trait(nameof(Kind), Kind.Unit)]
public sealed class RoomSettingsTests
{
    public static TheoryData<string> Settings => [.. All.Select(p => p.Name)];

    // Of a setting with two values, and of a tool, which is on or off, two people who change it want the same.
    public static TheoryData<string> OfMoreThanTwoValues =>
        [.. All.Where(p => !p.PropertyType.Name.StartsWith("ImmutableArray", StringComparison.Ordinal)
            && p.PropertyType != typeof(bool) && !(p.PropertyType.IsEnum && Enum.GetValues(p.PropertyType).Length == 2)).Select(p => p.Name)];

    // Each of the rights is a setting by itself. Their lists have commands of their own.
    private static IEnumerable<PropertyInfo> All => typeof(RoomSettings).GetProperties().Where(p => p.Name != nameof(RoomSettings.Rights))
        .Concat(typeof(TurnRights).GetProperties().Where(p => p.PropertyType == typeof(TurnPeople))).Where(p => p.CanWrite);

    [Theory]
    [MemberData(nameof(Settings))]
    public void Settings_that_differ_in_one_value_are_not_equal(string name)
    {
        Assert.NotEqual(new RoomSettings(), Different(name));
        Assert.Equal(Different(name), Different(name));
        Assert.Equal(Different(name).GetHashCode(), Different(name).GetHashCode());
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void Each_setting_can_be_changed(string name)
    {
        var change = new RoomSettingsChange();
        var property = typeof(RoomSettingsChange).GetProperty(name);
        Assert.True(property is not null, $"RoomSettingsChange has no {name}.");
        property.SetValue(change, Property(name).GetValue(Holder(name, Different(name))));
        Assert.Equal(Different(name), change.Apply(new RoomSettings()));
        Assert.Equal(Different(name), new RoomSettingsChange().Apply(Different(name)));
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void Each_setting_is_stored(string name)
    {
        var row = new RoomRow { Id = Guid.NewGuid(), Name = "Room", NameKey = "room", Instructions = "", DisabledTools = "" };
        row.Set(Different(name));
        Assert.Equal(Different(name), row.ToRoom().Settings);
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void Each_setting_can_be_edited_in_the_panel(string name)
    {
        var different = Different(name);
        var setting = name == nameof(RoomSettings.DisabledTools)
            ? RoomSetting.OfTool(different.DisabledTools[0])
            : RoomSetting.All.Single(s => s.Read(different) != s.Read(new RoomSettings()));
        var change = RoomSetting.Find(setting.Name)!.Save(setting.Read(different), setting.Read(new RoomSettings()), new RoomSettings())!;
        Assert.Equal(different, change.Apply(new RoomSettings()));
        Assert.False(change.IsOutdated(new RoomSettings()));
        Assert.Equal(setting.Read(different), setting.Normalize(setting.Read(different)));
    }

    [Theory]
    [MemberData(nameof(OfMoreThanTwoValues))]
    public void No_setting_is_overwritten_by_someone_who_has_not_seen_it(string name)
    {
        var theirs = Different(name);
        var (setting, seen) = (RoomSetting.All.Single(s => s.Read(theirs) != s.Read(new RoomSettings())), new RoomSettings());
        var mine = Different(name, theirs);
        Assert.True(setting.Save(setting.Read(mine), setting.Read(seen), seen)!.IsOutdated(theirs));
        Assert.False(setting.Save(setting.Read(mine), setting.Read(theirs), seen)!.IsOutdated(theirs));
        // Who wants what is there already, or has not said what they saw, changes what they ask for.
        Assert.False(setting.Save(setting.Read(theirs), setting.Read(seen), seen)!.IsOutdated(theirs));
        Assert.False(setting.Write(setting.Read(mine))!.IsOutdated(theirs));
    }

    private static PropertyInfo Property(string name) => All.Single(p => p.Name == name);

    private static object Holder(string name, RoomSettings settings) => Property(name).DeclaringType == typeof(TurnRights) ? settings.Rights : settings;

    // Another value than that of new settings, and than that of others.
    private static RoomSettings Different(string name, RoomSettings? others = null)
    {
        var settings = new RoomSettings();
        var property = Property(name);
        var taken = new[] { property.GetValue(Holder(name, settings)), property.GetValue(Holder(name, others ?? settings)) };
        property.SetValue(Holder(name, settings), property.PropertyType switch
        {
            var type when type == typeof(string) && name == nameof(RoomSettings.Accent) => others is null ? "#0f766e" : "#1d4ed8",
            var type when type == typeof(string) => others is null ? "Something else" : "And another thing",
            var type when type == typeof(bool) => !(bool)taken[0]!,
            var type when type == typeof(int) => (int)taken[1]! + 1,
            var type when type == typeof(TimeSpan) => (TimeSpan)taken[1]! + TimeSpan.FromSeconds(1),
            var type when type == typeof(ImmutableArray<string>) => ImmutableArray.Create("dice"),
            { IsEnum: true } type => Enum.GetValues(type).Cast<object>().Reverse().First(value => !taken.Contains(value)),
            var type => throw new InvalidOperationException($"What is another {type}?"),
        });
        return settings;
    }
}
