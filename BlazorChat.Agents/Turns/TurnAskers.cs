using BlazorChat.Access;
using BlazorChat.Messages;

namespace BlazorChat.Turns;

/// <summary>Whether those may still ask whose turns wait or run.</summary>
internal sealed class TurnAskers(IRoomAuthorizer authorizer)
{
    /// <summary>
    /// Whether whoever had a turn begin may ask in the room as it is now. A right that is taken away takes along what was begun with it. Services,
    /// which are code on the server, may always ask.
    /// </summary>
    public async ValueTask<bool> MayAskAsync(Guid roomId, Author requestedBy, CancellationToken cancellationToken) =>
        requestedBy.Kind != AuthorKind.Person || !Guid.TryParse(requestedBy.Id, out var id)
        || await authorizer.AuthorizeAsync(new Person(id, requestedBy.Name), RoomPermission.AskAssistant, roomId, cancellationToken).ConfigureAwait(false) is null;
}
