using BlazorChat.Access;

namespace BlazorChat.Accounts;

/// <summary>An OpenID provider as an operator configures it, a key of the section <c>OpenIdConnect</c>.</summary>
internal sealed class OpenIdProviderOptions
{
    /// <summary>The provider's address, below which its configuration is found.</summary>
    public string? Authority { get; set; }

    /// <summary>The id that the provider has for this server.</summary>
    public string? ClientId { get; set; }

    /// <summary>The secret that goes with it; null if the provider gives none.</summary>
    public string? ClientSecret { get; set; }

    /// <summary>What people read; null for the key.</summary>
    public string? DisplayName { get; set; }

    /// <summary>What is asked for; empty for the usual.</summary>
    public List<string> Scopes { get; } = [];

    /// <summary>Whether people who have no account here get one; null for only if registration is open.</summary>
    public bool? CreateAccounts { get; set; }

    /// <summary>
    /// Whether people whose accounts came from this provider can go on with a passkey or a password of their own when no sign-in with it holds.
    /// </summary>
    public bool AllowOtherSignIns { get; set; }

    /// <summary>The claim with the name of a new account.</summary>
    public string NameClaim { get; set; } = "name";

    /// <summary>The claim with the e-mail address of a new account.</summary>
    public string EmailClaim { get; set; } = "email";

    /// <summary>The claim with the groups.</summary>
    public string GroupsClaim { get; set; } = "groups";

    /// <summary>The groups whose people may sign in; empty for everybody.</summary>
    public List<string> AllowedGroups { get; } = [];

    /// <summary>The groups whose people are administrators.</summary>
    public List<string> AdministratorGroups { get; } = [];

    /// <summary>The rooms whose members groups are.</summary>
    public List<OpenIdRoomOptions> Rooms { get; } = [];

    /// <summary>How often the provider is asked whether the sign-in of somebody who is here still holds.</summary>
    public TimeSpan RecheckAfter { get; set; } = TimeSpan.FromMinutes(5);
}

/// <summary>A group that is a member of a room.</summary>
internal sealed class OpenIdRoomOptions
{
    /// <summary>The group.</summary>
    public string? Group { get; set; }

    /// <summary>The room's id, the last part of its address.</summary>
    public string? Room { get; set; }

    /// <summary>What its people may do there.</summary>
    public RoomRole Role { get; set; } = RoomRole.Member;
}
