using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Turns;

namespace BlazorChat.Commands;

/// <summary>Asks for a response once more, or for more of it. Gives the response as it is until that begins.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="By">Who asks.</param>
/// <param name="MessageId">The response.</param>
/// <param name="Request">What the turn knows of the asker's page; null for nothing but who it is.</param>
public abstract record AskAgainCommand(Guid RoomId, Person? By, Guid MessageId, TurnRequest? Request) : RoomCommand<Message>(RoomId, By)
{
    internal override RoomPermission? Permission => RoomPermission.RetryResponse;

    internal override Guid? SubjectId => MessageId;

    // It asks a model, as a message does.
    internal override bool IsRated => true;

    internal override async Task<Result<Message>> RunAsync(RoomCommandContext context, CancellationToken cancellationToken)
    {
        if (context.Subject is not { Author.Kind: AuthorKind.Assistant } response)
        {
            return RoomErrors.NoSuchResponse;
        }

        if (!context.ResponseRules.CanAnswer(response.Author.Id))
        {
            return new RoomError(RoomErrorKind.Conflict, $"{response.Author.Name} does not answer on this server any more.");
        }

        var asked = await AskAsync(context, context.BoundOf(Request), cancellationToken).ConfigureAwait(false);
        if (asked.Error is { } error)
        {
            return error;
        }

        context.TellChanged([asked.Value.Message]);
        context.TellQueued(asked.Value.Queued is { } turn ? [turn] : []);
        return asked.Value.Message;
    }

    /// <summary>Stores the turn.</summary>
    private protected abstract Task<Result<ChangedResponse>> AskAsync(RoomCommandContext context, TurnRequest request, CancellationToken cancellationToken);
}

/// <summary>Asks for a new response in place of one that failed, was stopped or was interrupted. The old one is kept, marked.</summary>
/// <inheritdoc cref="AskAgainCommand" />
public sealed record RetryResponse(Guid RoomId, Person? By, Guid MessageId, TurnRequest? Request) : AskAgainCommand(RoomId, By, MessageId, Request)
{
    private protected override Task<Result<ChangedResponse>> AskAsync(RoomCommandContext context, TurnRequest request, CancellationToken cancellationToken) =>
        context.Turns.RetryAsync(RoomId, MessageId, request, context.Now, cancellationToken);
}

/// <summary>Asks for another version of a response, in its place; what it says now is kept as an earlier version.</summary>
/// <inheritdoc cref="AskAgainCommand" />
public sealed record RegenerateResponse(Guid RoomId, Person? By, Guid MessageId, TurnRequest? Request) : AskAgainCommand(RoomId, By, MessageId, Request)
{
    private protected override Task<Result<ChangedResponse>> AskAsync(RoomCommandContext context, TurnRequest request, CancellationToken cancellationToken) =>
        context.Turns.ReopenAsync(RoomId, MessageId, isRegeneration: true, request, context.Now, cancellationToken);
}

/// <summary>Lets a response go on that was cut off by a limit or an interruption.</summary>
/// <inheritdoc cref="AskAgainCommand" />
public sealed record ContinueResponse(Guid RoomId, Person? By, Guid MessageId, TurnRequest? Request) : AskAgainCommand(RoomId, By, MessageId, Request)
{
    private protected override Task<Result<ChangedResponse>> AskAsync(RoomCommandContext context, TurnRequest request, CancellationToken cancellationToken) =>
        context.Turns.ReopenAsync(RoomId, MessageId, isRegeneration: false, request, context.Now, cancellationToken);
}
