using BlazorChat.Accounts;

namespace BlazorChat.Components.Account;

/// <summary>What people read whom an OpenID provider did not sign in.</summary>
internal static class ExternalWords
{
    /// <summary>The sentence for a reason; null for a text that is none.</summary>
    public static string? SentenceFor(string? reason) => Enum.TryParse<ExternalRefusal>(reason, out var refusal) ? refusal switch
    {
        ExternalRefusal.Failed => "That did not work. Please try again.",
        ExternalRefusal.Unknown => "Nobody here has this account. If you have an account here, sign in and link it on your account page. If not, ask an administrator of this server for an invitation.",
        ExternalRefusal.Group => "Your organization has not given you access to this server.",
        ExternalRefusal.Disabled => "This account is disabled. Ask an administrator of this server.",
        ExternalRefusal.NotLinked => "This account could not be linked. It may be linked to somebody else here, or too much time has passed.",
        ExternalRefusal.Origin => "Your account came from another organization. Continue with that one, or ask an administrator of this server for a link to a password.",
        ExternalRefusal.NotYours => "This account is not the one that is linked to yours.",
        ExternalRefusal.NotAgain => "You did not sign in again there. Sign out there, then try again.",
        ExternalRefusal.TooMany => "Too many people have just joined from your network. Please wait a minute and try again.",
        _ => null,
    } : null;
}
