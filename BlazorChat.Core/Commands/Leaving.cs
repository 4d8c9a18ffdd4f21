using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Turns;

namespace BlazorChat.Commands;

/// <summary>What ends with a membership. Every way out of a room comes through here, so that none leaves a right behind.</summary>
internal static class Leaving
{
    /// <summary>Why somebody's responses end who is out of a room.</summary>
    public const string NotInRoom = "the person who asked is no longer in the room.";

    /// <summary>Why somebody's responses end whose account was deleted.</summary>
    public const string NotOnServer = "the account of the person who asked was deleted.";

    /// <summary>
    /// What people read at such a response. Nobody stopped it, so it names nobody: neither who removed the person, nor the person, whose name would
    /// have to be forgotten again.
    /// </summary>
    public static string StoppedBecause(string why) => $"Stopped because {why}";

    /// <summary>
    /// Ends a membership with everything that somebody could do by it: approve, what they allowed for the room, and their invites. If they cannot see
    /// the room any more, what they had asked ends, too.
    /// </summary>
    /// <returns>Their running responses, to be stopped once this is stored.</returns>
    public static async Task<IReadOnlyList<Guid>> LeaveAsync(
        this IRoomChange change, Room room, RoomMember member, Author by, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var person = new Person(member.PersonId, "").AsAuthor();
        change.ForgetRights(room, member.PersonId, by);
        change.Remove(member);
        change.Tell(new RoomEvent.MemberRemoved(member.PersonId, by));
        await change.RevokeInvitesAsync(member.PersonId, by, cancellationToken).ConfigureAwait(false);
        if (room.Visibility != RoomVisibility.Private)
        {
            // Whoever still sees the room still asks there as everybody does. If not, the queue finds out.
            return [];
        }

        var queue = await change.ReadQueueAsync(room, cancellationToken).ConfigureAwait(false);
        var running = queue.RunningOf(person);
        await change.EndWaitingAsync(queue, person, by, NotInRoom, now, cancellationToken).ConfigureAwait(false);
        queue.Withdraw(t => t.RequestedBy.IsSameAs(person), TurnQueue.TakenOut(by));
        await change.SaveAsync(queue, now, cancellationToken).ConfigureAwait(false);
        return running;
    }

    /// <summary>Takes back what somebody may do in a room besides their role, and what they allowed there.</summary>
    public static void ForgetRights(this IRoomChange change, Room room, Guid personId, Author by)
    {
        var person = new Person(personId, "").AsAuthor();
        var rights = room.Settings.Rights;
        var kept = rights with { Approvers = rights.Approvers.Remove(personId), Always = rights.Always.RemoveAll(a => a.By.IsSameAs(person)) };
        if (kept != rights)
        {
            change.SaveAndTell(room, kept, by);
        }
    }

    /// <summary>Revokes the invites that somebody made.</summary>
    public static async Task RevokeInvitesAsync(this IRoomChange change, Guid personId, Author by, CancellationToken cancellationToken)
    {
        foreach (var invite in (await change.ReadInvitesAsync(cancellationToken).ConfigureAwait(false)).Where(i => i.CreatedBy == personId))
        {
            change.Remove(invite);
            change.Tell(new RoomEvent.InviteRevoked(invite.Id, by));
        }
    }

    /// <summary>The running responses that somebody had begin.</summary>
    public static IReadOnlyList<Guid> RunningOf(this TurnQueue queue, Author person) =>
        [.. queue.Turns.Where(t => t.Status == TurnStatus.Running && t.MessageId is not null && t.RequestedBy.IsSameAs(person)).Select(t => t.MessageId!.Value)];

    /// <summary>Ends the responses of somebody that wait: nobody is there to decide, or to read the answer. What was written so far stays.</summary>
    /// <param name="change">The change.</param>
    /// <param name="queue">The room's queue.</param>
    /// <param name="person">Whose they are.</param>
    /// <param name="by">Who ends them.</param>
    /// <param name="why">Why they end, in words that come after "because", for people and for the model.</param>
    /// <param name="now">The current time.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public static async Task EndWaitingAsync(
        this IRoomChange change, TurnQueue queue, Author person, Author by, string why, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var turn in queue.Turns.Where(t => t.Status != TurnStatus.Running && t.MessageId is not null && t.RequestedBy.IsSameAs(person)).ToList())
        {
            if (await change.FindMessageAsync(turn.MessageId!.Value, cancellationToken).ConfigureAwait(false)
                is { Status: MessageStatus.AwaitingPeople or MessageStatus.Recovering } response)
            {
                change.SaveAndTell(TurnTransitions.Stop(response, by, $"Not finished: {why}", now, StoppedBecause(why)));
                queue.End(turn, by);
            }
        }
    }
}
