using System.Collections.Immutable;
using BlazorChat.Text;

namespace BlazorChat.Messages;

/// <summary>What to do with the messages of somebody who is deleted. The numbers are stored in databases: never renumber.</summary>
internal enum MessagesOfDeleted
{
    /// <summary>Nothing is left to do.</summary>
    None = 0,

    /// <summary>They stay, under the name of a deleted person.</summary>
    Keep = 1,

    /// <summary>They are removed.</summary>
    Remove = 2,
}

/// <summary>
/// Somebody who was deleted, and how messages forget them. The id stays, so that two deleted people are not taken for one; it belongs to
/// nobody any more.
/// </summary>
/// <param name="AuthorId">The id under which they wrote (see <see cref="Author.Id"/>).</param>
/// <param name="FormerNames">The names under which they wrote.</param>
/// <param name="RemovesMessages">Whether their own messages are removed.</param>
internal sealed record DeletedPerson(string AuthorId, ImmutableArray<string> FormerNames, bool RemovesMessages)
{
    /// <summary>What remains of them as an author.</summary>
    public Author Author => new(AuthorKind.Person, AuthorId, Names.GonePerson);

    /// <summary>The details of statuses that have one of their names in them, which messages store without the id.</summary>
    public IEnumerable<string> Details => FormerNames.SelectMany(name => new[] { name }.Concat(Sentences(name)));

    /// <summary>Whether they wrote a message.</summary>
    public bool Wrote(Message message) => message.Author.Kind == AuthorKind.Person && IsThem(message.Author);

    /// <summary>A message without their name.</summary>
    /// <returns>The same instance if it does not have it.</returns>
    public Message Forget(Message message)
    {
        var changed = message with
        {
            Author = Forget(message.Author),
            AskedBy = message.AskedBy is { } asker ? Forget(asker) : null,
            Status = Forget(message.Status),
            Parts = Forget(message.Parts),
            Metadata = Forget(message.Metadata),
        };
        return changed.Author == message.Author && changed.Metadata == message.Metadata && changed.AskedBy == message.AskedBy && changed.Status == message.Status && changed.Parts == message.Parts ? message : changed;
    }

    /// <summary>An author without their name.</summary>
    public Author Forget(Author author) => IsThem(author) ? Author with { Kind = author.Kind } : author;

    /// <summary>A status without their name.</summary>
    public MessageStatus Forget(MessageStatus status) => status switch
    {
        MessageStatus.Stopped stopped when FormerNames.Contains(stopped.By, StringComparer.Ordinal) => new MessageStatus.Stopped(Names.GonePerson),
        MessageStatus.Unanswered unanswered => new MessageStatus.Unanswered(Forget(unanswered.Reason)),
        _ => status,
    };

    /// <summary>Metadata without their name.</summary>
    public ResponseMetadata? Forget(ResponseMetadata? metadata) =>
        metadata?.RequestedBy is { } by && IsThem(by) ? metadata with { RequestedBy = Author } : metadata;

    /// <summary>Parts without their name.</summary>
    public ImmutableArray<MessagePart> Forget(ImmutableArray<MessagePart> parts)
    {
        for (var i = 0; i < parts.Length; i++)
        {
            if (parts[i] is ToolCallPart call && Forget(call) is var forgotten && !ReferenceEquals(forgotten, call))
            {
                parts = parts.SetItem(i, forgotten);
            }
        }

        return parts;
    }

    // The server writes under their name, too, what they did as an administrator.
    private bool IsThem(Author author) => author.Id == AuthorId && (author.Kind == AuthorKind.Person || author.IsOfNotice);

    private ToolCallPart Forget(ToolCallPart call)
    {
        if (call.Decision is { } decision && IsThem(decision.By) && decision.By != Author)
        {
            call = call with { Decision = decision with { By = Author } };
        }

        if (call.FirstApproval is { } first && IsThem(first.By) && first.By != Author)
        {
            call = call with { FirstApproval = first with { By = Author } };
        }

        // A sentence of this server for the model. What tools return is theirs.
        if (call is { State: ToolCallState.Rejected or ToolCallState.Failed, Result: { } result })
        {
            var told = FormerNames.Aggregate(result, (text, name) => text.Replace(Names.Quoted(name), Names.Quoted(Names.GonePerson), StringComparison.Ordinal));
            call = told == result ? call : call with { Result = told };
        }

        return call;
    }

    private string Forget(string reason)
    {
        foreach (var name in FormerNames)
        {
            var at = Array.IndexOf(Sentences(name), reason);
            if (at >= 0)
            {
                return Sentences(Names.GonePerson)[at];
            }
        }

        return reason;
    }

    // Why a question was not answered; see TurnQueue.
    private static string[] Sentences(string name) => [Turns.TurnQueue.TakenOut(name), Turns.TurnQueue.AskedNewer(name)];
}
