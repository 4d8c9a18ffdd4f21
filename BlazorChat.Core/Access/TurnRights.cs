using System.Collections.Immutable;

namespace BlazorChat.Access;

/// <summary>Who may do something with turns in a room. Viewers never may. Stored as numbers: never renumber.</summary>
public enum TurnPeople
{
    /// <summary>The person who asked, and the owners of the room.</summary>
    AskerAndOwners = 0,

    /// <summary>The owners of the room; in a room without an owner, administrators.</summary>
    Owners = 1,

    /// <summary>Everybody who may write in the room.</summary>
    Members = 2,
}

/// <summary>Who may ask assistants in a room, and what else people may do with turns there. <see cref="RoomAuthorizer"/> applies it.</summary>
public sealed record TurnRights
{
    /// <summary>Whether naming somebody with this role as approver gives them something: owners approve anyway, and viewers cannot.</summary>
    internal static bool CanBeApprover(RoomRole role) => role == RoomRole.Member;

    /// <summary>The most <see cref="Approvers"/>.</summary>
    internal const int MostApprovers = 20;

    /// <summary>The most tools in <see cref="Always"/>.</summary>
    internal const int MostAlways = 100;

    /// <summary>Who may ask an assistant: everybody who may write, or only owners.</summary>
    public TurnPeople Ask { get; init; } = TurnPeople.Members;

    /// <summary>Who may stop a response, whether it runs or waits, or take its question out of the queue.</summary>
    public TurnPeople Stop { get; init; }

    /// <summary>Who may have a response written again or continued. It asks an assistant, so whoever may not ask may not do this either.</summary>
    public TurnPeople Regenerate { get; init; }

    /// <summary>Who may approve or reject a tool call.</summary>
    public TurnPeople Approve { get; init; }

    /// <summary>Members who may approve or reject tool calls besides, whoever asked: for when the asker is away.</summary>
    public ImmutableArray<Guid> Approvers { get; init; } = [];

    /// <summary>Tools that run in the room without anybody being asked each time, by name without duplicates.</summary>
    public ImmutableArray<StandingApproval> Always { get; init; } = [];

    /// <summary>Only the owners, for everything.</summary>
    internal static TurnRights OwnersAlone { get; } =
        new() { Ask = TurnPeople.Owners, Stop = TurnPeople.Owners, Regenerate = TurnPeople.Owners, Approve = TurnPeople.Owners };

    /// <summary>Whether all of it has a meaning: an asker is only somebody who may ask.</summary>
    internal bool IsValid => Ask is TurnPeople.Owners or TurnPeople.Members && Enum.IsDefined(Stop) && Enum.IsDefined(Regenerate) && Enum.IsDefined(Approve);

    /// <inheritdoc />
    public bool Equals(TurnRights? other) =>
        other is not null && Ask == other.Ask && Stop == other.Stop && Regenerate == other.Regenerate && Approve == other.Approve
        && Approvers.SequenceEqual(other.Approvers) && Always.SequenceEqual(other.Always);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Ask, Stop, Regenerate, Approve, Approvers.Length, Always.Length);
}
