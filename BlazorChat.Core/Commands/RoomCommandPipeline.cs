using BlazorChat.Access;
using BlazorChat.Rooms;

namespace BlazorChat.Commands;

/// <summary>
/// The rooms' owner where one process owns all of them, and the way of every command there: checked, counted against the person's rate, let in by the room's gate, allowed by
/// the authorizer with what is stored at that moment, done. What could not be stored is refused with a sentence.
/// </summary>
internal sealed partial class RoomCommandPipeline(RoomCommandServices services, PostingRate rate) : IRoomOwners
{
    /// <inheritdoc />
    public Task<RoomLease?> OpenAsync(Guid roomId, CancellationToken cancellationToken) => services.Broadcaster.OpenAsync(roomId, cancellationToken);

    /// <inheritdoc />
    public async Task<Result<T>> RunAsync<T>(RoomCommand<T> command, CancellationToken cancellationToken)
    {
        if (command.Check() is { } wrong)
        {
            return wrong;
        }

        var context = new RoomCommandContext(services, command.RoomId, command.By);
        try
        {
            // Before the gate: what waits there is bounded by it.
            if (command is { IsRated: true, By: { } person } && !rate.TryTake(person.Id))
            {
                return await AllowAsync(command, context, cancellationToken).ConfigureAwait(false) is { } never
                    ? never
                    : await command.RefuseAsync(context, cancellationToken).ConfigureAwait(false);
            }

            using var gate = command.WaitsForGate ? await services.Gates.EnterAsync(command.RoomId, cancellationToken).ConfigureAwait(false) : null;
            // Within the gate, with what is stored: a right that was lost a moment ago is lost.
            return await AllowAsync(command, context, cancellationToken).ConfigureAwait(false) is { } no
                ? no
                : await command.RunAsync(context, cancellationToken).ConfigureAwait(false);
        }
        catch (StorageUnavailableException e)
        {
            LogStorageFailed(services.Logger, e, command.RoomId);
            return RoomErrors.NotStored;
        }
    }

    private async Task<RoomError?> AllowAsync<T>(RoomCommand<T> command, RoomCommandContext context, CancellationToken cancellationToken)
    {
        // What waits for no gate waits for no database either.
        var error = command is { WaitsForGate: false, Permission: { } permission }
            ? await context.AskAsync(permission, null, cancellationToken).ConfigureAwait(false)
            : await context.AuthorizeAsync(command.Permission, command.SubjectId, cancellationToken).ConfigureAwait(false);
        if (error is { Kind: RoomErrorKind.Forbidden })
        {
            LogRefused(services.Logger, command.Permission, command.RoomId);
        }

        return error;
    }

    [LoggerMessage(LogLevel.Warning, "{Permission} in room {RoomId} was refused.")]
    private static partial void LogRefused(ILogger logger, RoomPermission? permission, Guid roomId);

    [LoggerMessage(LogLevel.Error, "Storage failed for room {RoomId}.")]
    private static partial void LogStorageFailed(ILogger logger, Exception exception, Guid roomId);
}
