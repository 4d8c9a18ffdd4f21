using BlazorChat.Accounts;
using BlazorChat.Languages;

namespace BlazorChat.Components.Account;

/// <summary>What people read whom an OpenID provider did not sign in.</summary>
internal static class ExternalWords
{
    /// <summary>The sentence for a reason; null for a text that is none.</summary>
    public static string? SentenceFor(Words words, string? reason) => Enum.TryParse<ExternalRefusal>(reason, out var refusal) ? refusal switch
    {
        ExternalRefusal.Failed => words["External_Failed"],
        ExternalRefusal.Unknown => words["External_Unknown"],
        ExternalRefusal.Group => words["External_Group"],
        ExternalRefusal.Disabled => words["Error_Disabled"],
        ExternalRefusal.NotLinked => words["External_NotLinked"],
        ExternalRefusal.Origin => words["External_Origin"],
        ExternalRefusal.NotYours => words["External_NotYours"],
        ExternalRefusal.NotAgain => words["External_NotAgain"],
        ExternalRefusal.TooMany => words["Error_JoinedTooOften"],
        _ => null,
    } : null;
}
