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
        IReadOnlyList<Guid> running = [];
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

            change.ForgetRights(room, PersonId, Person.Author);
            var queue = await change.ReadQueueAsync(room, token).ConfigureAwait(false);
            running = queue.RunningOf(Person.Author);
            await change.EndWaitingAsync(queue, Person.Author, Person.Author, Leaving.NotOnServer, context.Now, token).ConfigureAwait(false);
            queue.Withdraw(t => t.RequestedBy.IsSameAs(Person.Author), Person.RemovesMessages ? null : TurnQueue.TakenOut(Person.Author));
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
            context.Stop(running, Person.Author, Leaving.NotOnServer);
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

        await change.RevokeInvitesAsync(PersonId, Person.Author, cancellationToken).ConfigureAwait(false);
    }
}
