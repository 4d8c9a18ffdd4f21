using System.Text.RegularExpressions;
using BlazorChat.Access;
using Microsoft.Extensions.Options;

namespace BlazorChat.Accounts;

/// <summary>A provider, checked.</summary>
/// <param name="Name">Its key in the settings, under which accounts and sessions are stored.</param>
/// <param name="DisplayName">What people read.</param>
/// <param name="Options">Its settings.</param>
internal sealed record OpenIdProvider(string Name, string DisplayName, OpenIdProviderOptions Options)
{
    /// <summary>The name of its authentication scheme.</summary>
    public string Scheme => $"OpenId.{Name}";

    /// <summary>Whether somebody with these groups may sign in.</summary>
    public bool Admits(IReadOnlySet<string> groups) => Options.AllowedGroups.Count == 0 || Options.AllowedGroups.Exists(groups.Contains);

    /// <summary>Whether these groups make somebody an administrator.</summary>
    public bool MakesAdministrator(IReadOnlySet<string> groups) => Options.AdministratorGroups.Exists(groups.Contains);

    /// <summary>The roles in rooms that these groups give, the highest of each room.</summary>
    public IReadOnlyDictionary<Guid, RoomRole> RolesOf(IReadOnlySet<string> groups) =>
        Options.Rooms.Where(r => groups.Contains(r.Group!)).GroupBy(r => Guid.Parse(r.Room!)).ToDictionary(r => r.Key, r => r.Max(x => x.Role));
}

/// <summary>The OpenID providers of the settings, in section <c>OpenIdConnect</c>.</summary>
internal sealed partial class OpenIdProviders
{
    /// <summary>The section's name.</summary>
    public const string Section = "OpenIdConnect";

    private static readonly TimeSpan LongestRecheck = TimeSpan.FromDays(1);

    /// <summary>Reads and checks them.</summary>
    /// <exception cref="OptionsValidationException">A setting is wrong; the message names its key.</exception>
    public OpenIdProviders(IConfiguration configuration)
    {
        var errors = new List<string>();
        var providers = new List<OpenIdProvider>();
        foreach (var section in configuration.GetSection(Section).GetChildren())
        {
            var before = errors.Count;
            SettingsReader.Check(section, typeof(OpenIdProviderOptions), "an OpenID provider", errors);
            var rooms = SettingsReader.ReadList<OpenIdRoomOptions>(section.GetSection(nameof(OpenIdProviderOptions.Rooms)), "a room of a group", errors);
            if (errors.Count > before)
            {
                continue;
            }

            var options = new OpenIdProviderOptions();
            section.Bind(options);
            options.Rooms.Clear();
            options.Rooms.AddRange(rooms);
            Check(section, options, errors);
            providers.Add(new OpenIdProvider(section.Key, options.DisplayName ?? section.Key, options));
        }

        SettingsReader.ThrowIfAny(errors, typeof(OpenIdProviderOptions));
        All = providers;
        Names = providers.ConvertAll(p => p.Name);
    }

    /// <summary>All, in the order of the settings.</summary>
    public IReadOnlyList<OpenIdProvider> All { get; }

    /// <summary>Their keys.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>A provider by its key; null for one that is not configured.</summary>
    public OpenIdProvider? Find(string? name) => All.FirstOrDefault(p => p.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static void Check(IConfigurationSection section, OpenIdProviderOptions options, List<string> errors)
    {
        if (!ProviderName().IsMatch(section.Key))
        {
            errors.Add($"{section.Path}: a provider's name has 1 to 40 letters, digits and hyphens.");
        }

        if (!Uri.TryCreate(options.Authority, UriKind.Absolute, out var authority) || (authority.Scheme != Uri.UriSchemeHttps && !(authority.Scheme == Uri.UriSchemeHttp && authority.IsLoopback)))
        {
            errors.Add($"{section.Path}:{nameof(options.Authority)} must be an https address.");
        }

        if (string.IsNullOrWhiteSpace(options.ClientId))
        {
            errors.Add($"{section.Path}:{nameof(options.ClientId)} is missing.");
        }

        if (options.DisplayName is { } shown && shown.Trim().Length is 0 or > 40)
        {
            errors.Add($"{section.Path}:{nameof(options.DisplayName)} must have 1 to 40 characters.");
        }

        if (options.RecheckAfter < TimeSpan.FromSeconds(10) || options.RecheckAfter > LongestRecheck)
        {
            errors.Add($"{section.Path}:{nameof(options.RecheckAfter)} must be from 00:00:10 to 1.00:00:00.");
        }

        for (var i = 0; i < options.Rooms.Count; i++)
        {
            var room = options.Rooms[i];
            if (string.IsNullOrWhiteSpace(room.Group))
            {
                errors.Add($"{section.Path}:{nameof(options.Rooms)}:{i}:{nameof(room.Group)} is missing.");
            }

            if (!Guid.TryParse(room.Room, out _))
            {
                errors.Add($"{section.Path}:{nameof(options.Rooms)}:{i}:{nameof(room.Room)} must be a room’s id, the last part of its address.");
            }
        }
    }

    [GeneratedRegex("^[A-Za-z0-9-]{1,40}$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex ProviderName();
}
