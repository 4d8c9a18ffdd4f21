using System.Globalization;
using BlazorChat.Accounts;

namespace BlazorChat.Components;

/// <summary>
/// The addresses of pages, and the ids of elements that links and scripts refer to. Addresses are relative to the base of all pages, which
/// may lie below a path (<c>PathBase</c>).
/// </summary>
internal static class Links
{
    /// <summary>The address of the start page: the base itself.</summary>
    public const string Start = "./";

    /// <summary>The address of the page where people give their name.</summary>
    public const string Join = "join";

    /// <summary>The address of the page where people sign in.</summary>
    public const string SignIn = "account/sign-in";

    /// <summary>The route at which a sign-in with an OpenID provider begins.</summary>
    public const string ExternalSignIn = "account/openid/{provider}";

    /// <summary>The address at which a sign-in with an OpenID provider begins.</summary>
    /// <param name="provider">The provider's key.</param>
    /// <param name="target">The page to open afterwards.</param>
    public static string External(string provider, string target) => $"account/openid/{provider}?returnUrl={Uri.EscapeDataString(target)}";

    /// <summary>The address at which an account of an OpenID provider is linked.</summary>
    public static string LinkExternal(string provider, string token) => $"account/openid/{provider}?link={token}&returnUrl=%2Faccount";

    /// <summary>The address at which somebody signs in once more with an OpenID provider, to show that it is they.</summary>
    public static string ExternalAgain(string provider, string target) => $"{External(provider, target)}&again=true";

    /// <summary>The address of the page where somebody who is signed in does so once more, to show that it is they.</summary>
    /// <param name="target">The page to open afterwards.</param>
    public static string SignInAgain(string target) => $"account/again?returnUrl={Uri.EscapeDataString(target)}";

    /// <summary>The same page, which says why a provider's account does not count.</summary>
    public static string SignInAgainRefused(string target, ExternalRefusal reason) => $"{SignInAgain(target)}&refused={reason}";

    /// <summary>The address of the account page, which says why a provider's account was not linked.</summary>
    public static string LinkRefused(ExternalRefusal reason) => $"{Account}?refused={reason}";

    /// <summary>The address of the page that says why a provider's account does not sign in.</summary>
    public static string SignInRefused(ExternalRefusal reason) => $"{SignIn}?refused={reason}";

    /// <summary>The address of the second step of signing in.</summary>
    /// <param name="target">The page to open afterwards.</param>
    public static string SecondStep(string target) => $"account/code?returnUrl={Uri.EscapeDataString(target)}";

    /// <summary>The address of the page where people make an account.</summary>
    public const string CreateAccount = "account/create";

    /// <summary>The address of a page that leads to another one afterwards.</summary>
    /// <param name="page">The page where people sign in, join, or make an account.</param>
    /// <param name="target">The page to open afterwards.</param>
    public static string Before(string page, string target) => $"{page}?returnUrl={Uri.EscapeDataString(target)}";

    /// <summary>Whether a path is that of the page of an invite.</summary>
    /// <param name="path">The path.</param>
    /// <param name="pathBase">The path that the application is below; empty for none.</param>
    public static bool IsInvite(string path, PathString pathBase) => path.StartsWith(pathBase.ToUriComponent() + "/invite/", StringComparison.OrdinalIgnoreCase);

    /// <summary>The token in the path of the page of an invite; null for another page.</summary>
    /// <param name="path">The path.</param>
    /// <param name="pathBase">The path that the application is below; empty for none.</param>
    public static string? InviteTokenOf(string path, PathString pathBase) => IsInvite(path, pathBase) ? path[(pathBase.ToUriComponent().Length + "/invite/".Length)..] : null;

    /// <summary>The address of the page of one's own account.</summary>
    public const string Account = "account";

    /// <summary>The address of the page where a new password is mailed.</summary>
    public const string ForgotPassword = "account/forgot";

    /// <summary>The address of the page with what can be brought back.</summary>
    public const string Removed = "removed";

    /// <summary>The address of the page where people leave the server: accounts are deleted there.</summary>
    public const string LeaveServer = "account/leave";

    /// <summary>The address of the administrators' page about people.</summary>
    public const string People = "people";

    /// <summary>The address to which the sign-out form is posted.</summary>
    public const string Leave = "leave";

    /// <summary>The address of the page where administrators delete somebody's account.</summary>
    public static string DeletePerson(Guid personId) => string.Create(CultureInfo.InvariantCulture, $"people/{personId}/delete");

    /// <summary>The address of the page where administrators manage a room.</summary>
    public static string ManageRoom(Guid roomId) => string.Create(CultureInfo.InvariantCulture, $"people/rooms/{roomId}");

    /// <summary>The address of the administrators' page about people, with a part of the list of all rooms.</summary>
    /// <param name="filter">What is looked for; null for nothing.</param>
    /// <param name="skip">How many rooms are left out.</param>
    public static string AllRooms(string? filter, int skip) =>
        string.Create(CultureInfo.InvariantCulture, $"{People}?find={Uri.EscapeDataString(filter ?? "")}&from={skip}#all-rooms");

    /// <summary>The address of a room's page.</summary>
    public static string Room(Guid roomId) => string.Create(CultureInfo.InvariantCulture, $"rooms/{roomId}");

    /// <summary>The address of the page of an invite.</summary>
    public static string Invite(string token) => $"invite/{token}";

    /// <summary>The id of a message's element. The message's permalink is the room's address, a #, and this id.</summary>
    public static string Message(Guid messageId) => string.Create(CultureInfo.InvariantCulture, $"m-{messageId:N}");

    /// <summary>The address of a file or a whole tool result that is stored beside a message.</summary>
    public static string Blob(Guid roomId, Guid blobId) => string.Create(CultureInfo.InvariantCulture, $"rooms/{roomId}/blobs/{blobId}");
}
