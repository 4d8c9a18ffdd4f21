using System.Collections.Immutable;
using System.Reflection;
using BlazorChat.Components.Rooms;
using BlazorChat.Rooms;
using BlazorChat.Storage;
using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.Rooms;

/// <summary>Every setting of a room, found by reflection: one that is added is compared, changed, stored and edited like the others.</summary>
[Trait(nameof(Kind), Kind.Unit)]
public sealed class RoomSettingsTests
{
    public static TheoryData<string> Settings => [.. typeof(RoomSettings).GetProperties().Where(p => p.CanWrite).Select(p => p.Name)];

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
        property.SetValue(change, Property(name).GetValue(Different(name)));
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
        if (name == nameof(RoomSettings.DisabledTools))
        {
            // Tools are switched one by one, beside the form.
            return;
        }

        var draft = new SettingsDraft(new RoomSettings());
        Assert.False(draft.IsEdited);
        draft.Mine = Different(name);
        Assert.True(draft.IsEdited);
        Assert.False(draft.Follow(new RoomSettings()));
        Assert.Equal(Different(name), draft.Take().Apply(new RoomSettings()));
    }

    private static PropertyInfo Property(string name) => typeof(RoomSettings).GetProperty(name)!;

    private static RoomSettings Different(string name)
    {
        var settings = new RoomSettings();
        var property = Property(name);
        property.SetValue(settings, property.PropertyType switch
        {
            var type when type == typeof(string) => "Something else",
            var type when type == typeof(bool) => !(bool)property.GetValue(settings)!,
            var type when type == typeof(int) => (int)property.GetValue(settings)! + 1,
            var type when type == typeof(TimeSpan) => (TimeSpan)property.GetValue(settings)! + TimeSpan.FromSeconds(1),
            var type when type == typeof(ImmutableArray<string>) => ImmutableArray.Create("dice"),
            { IsEnum: true } type => Enum.GetValues(type).Cast<object>().First(value => !value.Equals(property.GetValue(settings))),
            var type => throw new InvalidOperationException($"What is another {type}?"),
        });
        return settings;
    }
}
