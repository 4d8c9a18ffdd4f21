using System.Security.Cryptography;
using System.Text;

namespace BlazorChat.Access;

/// <summary>A link that lets people into a room. Whoever knows its token may use it, so only the token's hash is kept.</summary>
/// <param name="Id">Its id. Knowing it lets nobody in.</param>
/// <param name="Role">What people may do in the room who come by it.</param>
/// <param name="CreatedBy">Who made it. It works as long as they may invite people.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">Until when it works.</param>
/// <param name="MaxUses">How many people it lets in.</param>
public sealed record RoomInvite(Guid Id, RoomRole Role, Guid CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, int MaxUses)
{
    /// <summary>
    /// Whether it is also an invitation to the server, so that people without an account can make one with it: while whoever made it may invite
    /// people to the server, and unless nobody may register.
    /// </summary>
    public bool MakesAccounts { get; init; }

    /// <summary>How many people have come by it.</summary>
    public int Uses { get; init; }

    /// <summary>See <see cref="InviteToken.HashOf"/>.</summary>
    internal string TokenHash { get; init; } = "";

    /// <summary>Whether it still lets somebody in.</summary>
    public bool IsOpen(DateTimeOffset now) => now < ExpiresAt && Uses < MaxUses;
}

/// <summary>An invite that was just made, with its token: the only moment at which anybody can see it.</summary>
/// <param name="Invite">The invite.</param>
/// <param name="Token">The last part of its link.</param>
public sealed record NewInvite(RoomInvite Invite, string Token)
{
    /// <summary>Without the token, which must not get into a log.</summary>
    public override string ToString() => $"Invite {Invite.Id}";
}

/// <summary>An invite, for the owners of its room to read.</summary>
/// <param name="Invite">The invite.</param>
/// <param name="CreatedBy">The name of who made it.</param>
public sealed record NamedInvite(RoomInvite Invite, string CreatedBy);

/// <summary>An invite as somebody found it by its token.</summary>
/// <param name="RoomId">Its room.</param>
/// <param name="Invite">The invite.</param>
/// <param name="IsUsed">Whether they have come in by it before.</param>
internal sealed record FoundInvite(Guid RoomId, RoomInvite Invite, bool IsUsed);

/// <summary>What an invite says to somebody who has its link, before they use it.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="RoomName">Its name.</param>
/// <param name="InvitedBy">The name of who made the invite.</param>
/// <param name="Role">What they would be allowed to do.</param>
/// <param name="IsMember">Whether they are in the room already.</param>
/// <param name="MakesAccounts">See <see cref="RoomInvite.MakesAccounts"/>.</param>
public sealed record InviteOffer(Guid RoomId, string RoomName, string InvitedBy, RoomRole Role, bool IsMember, bool MakesAccounts);

/// <summary>The secret in an invite's link: 256 random bits. Guessing one is hopeless, so a plain hash is enough to keep it.</summary>
internal static class InviteToken
{
    private const int Bits = 256;

    /// <summary>A new token, in characters that need no encoding in a link.</summary>
    public static string Create() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(Bits / 8)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    /// <summary>What is kept of a token: its SHA-256, in hexadecimal digits.</summary>
    public static string HashOf(string token) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}
