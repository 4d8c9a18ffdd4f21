using System.Collections.Immutable;
using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Turns;

namespace BlazorChat.Commands;

/// <summary>
/// Has a room forget somebody who was deleted: their membership, their invites, what they had asked and is not answered yet, and their name in
/// some messages, or the messages themselves. Called again and again until there are no more such messages. Only for code on the server.
/// </summary>
/// <param name="RoomId">The room.</param>
/// <param name="PersonId">The person.</param>
/// <param name="Person">The same person as an author.</param>
/// <param name="MessageIds">The messages, at most <see cref="Slice"/>.</param>
internal sealed record ForgetPerson(Guid RoomId, Guid PersonId, DeletedPerson Person, ImmutableArray<Guid> MessageIds) : RoomCommand<int>(RoomId, By: null)
{
    /// <summary>How many messages are forgotten at a time: nobody waits for more.</summary>
    public const int Slice = 200;

    internal override RoomPermission? Permission => null;

    internal override bool IsOfRemoved => true;

    internal override async Task<Result<int>> RunAsync(RoomCommandContext context, CancellationToken cancellationToken)
    {
        List<Guid> running = [];
        IReadOnlyList<Guid> removed = [];
        var forgotten = await context.ChangeAsync<int>(async (change, token) =>
        {
            await LeaveAsync(change, token).ConfigureAwait(false);
            if (await change.FindRoomAsync(token).ConfigureAwait(false) is not { } room)
            {
                // It was deleted, and may be brought back without them. Nobody is there to be told.
                await change.ForgetAsync(Person, MessageIds, token).ConfigureAwait(false);
                return MessageIds.Length;
            }

            ForgetRights(change, room);
            var queue = await change.ReadQueueAsync(room, token).ConfigureAwait(false);
            running.AddRange(queue.Turns.Where(t => t.Status == TurnStatus.Running && t.MessageId is not null && t.RequestedBy.IsSameAs(Person.Author)).Select(t => t.MessageId!.Value));
            await EndWaitingAsync(change, queue, context.Now, token).ConfigureAwait(false);
            var (gone, visible) = await change.ForgetAsync(Person, MessageIds, token).ConfigureAwait(false);
            removed = gone;
            foreach (var id in gone)
            {
                queue.RemoveQuestion(id);
            }

            await change.SaveAsync(queue, context.Now, token).ConfigureAwait(false);
            // Prompts recorded since then have the name, or the text.
            await change.RemoveStepsAsync(token).ConfigureAwait(false);
            if (visible > 0)
            {
                change.Save((await change.FindRoomAsync(token).ConfigureAwait(false))! with { MessageCount = Math.Max(0, room.MessageCount - visible) });
            }

            change.Tell(new RoomEvent.PersonForgotten(Person, visible));
            return MessageIds.Length;
        }, cancellationToken).ConfigureAwait(false);
        if (forgotten.Error is null)
        {
            foreach (var id in running)
            {
                context.Running.Stop(RoomId, id, Person.Author);
            }

            if (removed is [var any, ..])
            {
                context.Running.Discard(RoomId, any);
            }
        }

        return forgotten;
    }

    private async Task LeaveAsync(IRoomChange change, CancellationToken cancellationToken)
    {
        if ((await change.ReadMembersAsync(cancellationToken).ConfigureAwait(false)).FirstOrDefault(m => m.PersonId == PersonId) is { } member)
        {
            change.Remove(member);
            change.Tell(new RoomEvent.MemberRemoved(PersonId, Person.Author));
        }

        foreach (var invite in (await change.ReadInvitesAsync(cancellationToken).ConfigureAwait(false)).Where(i => i.CreatedBy == PersonId))
        {
            change.Remove(invite);
            change.Tell(new RoomEvent.InviteRevoked(invite.Id, Person.Author));
        }
    }

    // What they allowed does not count any more.
    private void ForgetRights(IRoomChange change, Room room)
    {
        var rights = room.Settings.Rights;
        var kept = rights with { Approvers = rights.Approvers.Remove(PersonId), Always = rights.Always.RemoveAll(a => a.By.IsSameAs(Person.Author)) };
        if (kept != rights)
        {
            change.SaveAndTell(room, kept, Person.Author);
        }
    }

    // Nobody is there to decide, or to read the answer. What was written so far stays.
    private async Task EndWaitingAsync(IRoomChange change, TurnQueue queue, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var turn in queue.Turns.Where(t => t.Status != TurnStatus.Running && t.MessageId is not null && t.RequestedBy.IsSameAs(Person.Author)).ToList())
        {
            if (await change.FindMessageAsync(turn.MessageId!.Value, cancellationToken).ConfigureAwait(false)
                is { Status: MessageStatus.AwaitingPeople or MessageStatus.Recovering } response)
            {
                change.SaveAndTell(TurnTransitions.Stop(response, Person.Author, "Not finished: the account of the person who asked was deleted.", now));
                queue.End(turn, Person.Author);
            }
        }

        queue.Withdraw(t => t.RequestedBy.IsSameAs(Person.Author), Person.RemovesMessages ? null : TurnQueue.TakenOut(Person.Author));
    }
}
