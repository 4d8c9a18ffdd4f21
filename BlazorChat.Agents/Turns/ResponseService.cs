using BlazorChat.Access;
using BlazorChat.Commands;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Turns.Prompts;

namespace BlazorChat.Turns;

/// <summary>Commands of people on responses: stop, ask for another or a longer one, decide on tool calls. The rules are those of <see cref="RoomService"/>.</summary>
public sealed partial class ResponseService
{
    private readonly IRoomOwners _owners;
    private readonly IRoomAuthorizer _authorizer;
    private readonly RoomAccessDirectory _access;
    private readonly StepRecords _records;
    private readonly IToolPolicy _tools;
    private readonly IPeople _people;
    private readonly ILogger<ResponseService> _logger;

    internal ResponseService(
        IRoomOwners owners, IRoomAuthorizer authorizer, RoomAccessDirectory access, StepRecords records, IToolPolicy tools, IPeople people,
        ILogger<ResponseService> logger)
    {
        _owners = owners;
        _authorizer = authorizer;
        _access = access;
        _records = records;
        _tools = tools;
        _people = people;
        _logger = logger;
    }

    /// <inheritdoc cref="StopResponses" />
    /// <param name="person">The person who stops.</param>
    /// <param name="roomId">The room.</param>
    /// <param name="messageId">One response, or null for all responses of the room.</param>
    /// <param name="cancellationToken">Cancels the command.</param>
    public Task<Result<int>> StopAsync(Person? person, Guid roomId, Guid? messageId, CancellationToken cancellationToken) =>
        _owners.RunAsync(new StopResponses(roomId, person, messageId), cancellationToken);

    /// <inheritdoc cref="RegenerateResponse" />
    /// <returns>The response as it was before the new version begins.</returns>
    public Task<Result<Message>> RegenerateAsync(Person? person, Guid roomId, Guid messageId, CancellationToken cancellationToken, TurnRequest? request = null) =>
        _owners.RunAsync(new RegenerateResponse(roomId, person, messageId, request), cancellationToken);

    /// <inheritdoc cref="ContinueResponse" />
    /// <returns>The response as it was before it continues.</returns>
    public Task<Result<Message>> ContinueAsync(Person? person, Guid roomId, Guid messageId, CancellationToken cancellationToken, TurnRequest? request = null) =>
        _owners.RunAsync(new ContinueResponse(roomId, person, messageId, request), cancellationToken);

    /// <inheritdoc cref="AnswerAgain" />
    /// <returns>The number of responses that were requested.</returns>
    public Task<Result<int>> AnswerAgainAsync(Person? person, Guid roomId, Guid questionId, CancellationToken cancellationToken, TurnRequest? request = null) =>
        _owners.RunAsync(new AnswerAgain(roomId, person, questionId, request), cancellationToken);

    /// <inheritdoc cref="WithdrawTurn" />
    /// <returns>The turn.</returns>
    public Task<Result<Turn>> WithdrawAsync(Person? person, Guid roomId, Guid turnId, CancellationToken cancellationToken) =>
        _owners.RunAsync(new WithdrawTurn(roomId, person, turnId), cancellationToken);

    /// <inheritdoc cref="DecideToolCall" />
    /// <param name="person">The person who decides.</param>
    /// <param name="roomId">The room.</param>
    /// <param name="messageId">The response.</param>
    /// <param name="callId">The call.</param>
    /// <param name="argumentsShown">The arguments that the person saw. If the call has others, the decision is refused.</param>
    /// <param name="isApproved">True to approve, false to reject.</param>
    /// <param name="reason">The reason, at most <see cref="RoomLimits.ReasonLength"/> characters; may be empty.</param>
    /// <param name="cancellationToken">Cancels the command until the decision is stored.</param>
    /// <param name="toolShown">The tool as it was when the person saw the request; if it has changed since, the decision is refused. Null if that is not known.</param>
    /// <returns>The response.</returns>
    public Task<Result<Message>> DecideAsync(
        Person? person, Guid roomId, Guid messageId, string callId, string argumentsShown, bool isApproved, string? reason, CancellationToken cancellationToken,
        ToolFingerprint? toolShown = null) =>
        _owners.RunAsync(new DecideToolCall(roomId, person, messageId, callId, argumentsShown, isApproved, reason, toolShown?.ToString()), cancellationToken);

    /// <summary>
    /// Approves a tool call, and allows its tool, as it was shown, in this room from now on without anybody being asked. For those who manage the
    /// room. It counts while they do, can be revoked (<see cref="RoomService.RevokeToolAsync"/>), and is recorded with each call.
    /// </summary>
    /// <param name="person">The person who decides.</param>
    /// <param name="roomId">The room.</param>
    /// <param name="messageId">The response.</param>
    /// <param name="callId">The call.</param>
    /// <param name="argumentsShown">The arguments that the person saw. If the call has others, the decision is refused.</param>
    /// <param name="toolShown">The tool as it was when the person saw the request. If it has changed since, the decision is refused.</param>
    /// <param name="cancellationToken">Cancels the command until the decision is stored.</param>
    /// <returns>The response.</returns>
    public Task<Result<Message>> ApproveInRoomAsync(
        Person? person, Guid roomId, Guid messageId, string callId, string argumentsShown, ToolFingerprint? toolShown, CancellationToken cancellationToken) =>
        _owners.RunAsync(
            new DecideToolCall(roomId, person, messageId, callId, argumentsShown, IsApproved: true, Reason: null, toolShown?.ToString(), IsForRoom: true), cancellationToken);

    /// <summary>Whether a page should offer those who manage a room to allow a call's tool there. The command checks it again.</summary>
    internal bool OffersForRoom(ToolCallPart call) => call is { Tool: not null, NeedsTwoPeople: false } && !_tools.AlwaysAsks(call.Name);

    /// <summary>
    /// Why somebody who may decide about a call cannot approve it; null if they can. The command checks it again.
    /// </summary>
    internal RoomError? WhyNotApprove(Person? person, ToolCallPart call) =>
        person is not null && (call.NeedsTwoPeople || _tools.NeedsTwoPeople(call.Name)) && !_people.HasAccount(person.AsAuthor()) ? RoomErrors.TwoAccounts
        : person is null || !call.TakesApprovalOf(person.AsAuthor()) ? RoomErrors.OnceIsEnough
        : null;

    /// <inheritdoc cref="AnswerBrowserCall" />
    /// <param name="person">The person whose browser ran the tool.</param>
    /// <param name="roomId">The room.</param>
    /// <param name="messageId">The response.</param>
    /// <param name="callId">The call.</param>
    /// <param name="result">The browser's result: untrusted text, at most <see cref="RoomLimits.ToolResultLength"/> characters.</param>
    /// <param name="isError">Whether the result is an error message.</param>
    /// <param name="cancellationToken">Cancels the command until the result is stored.</param>
    /// <returns>The response.</returns>
    public Task<Result<Message>> AnswerBrowserCallAsync(
        Person? person, Guid roomId, Guid messageId, string callId, string result, bool isError, CancellationToken cancellationToken) =>
        _owners.RunAsync(new AnswerBrowserCall(roomId, person, messageId, callId, result, isError), cancellationToken);

    /// <summary>What was sent to the model in each step of a response; empty if it was not kept, or no longer is.</summary>
    public async Task<Result<IReadOnlyList<SentStep>>> ReadSentAsync(Person? person, Guid roomId, Guid messageId, CancellationToken cancellationToken)
    {
        if (await _authorizer.AuthorizeAsync(person, RoomPermission.ViewRoom, roomId, cancellationToken).ConfigureAwait(false) is { } no)
        {
            return no;
        }

        try
        {
            // Whoever asked: a prompt that reached further back than this reader sees may have messages that they may not see.
            return new List<SentStep>(await _records.ReadAsync(roomId, messageId, _access.SeesFrom(roomId, person!.Id), cancellationToken).ConfigureAwait(false));
        }
        catch (StorageUnavailableException e)
        {
            LogStorageFailed(e, roomId);
            return RoomErrors.NotStored;
        }
    }

    [LoggerMessage(LogLevel.Error, "Storage failed for room {RoomId}.")]
    private partial void LogStorageFailed(Exception exception, Guid roomId);
}
