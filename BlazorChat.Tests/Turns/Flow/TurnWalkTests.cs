using BlazorChat.Live;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using BlazorChat.Turns;
using BlazorChat.Turns.Tools;
using CsCheck;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Turns.Flow;

/// <summary>
/// Random walks over all that can happen to turns. Whatever happened, nothing runs on by itself, everybody sees what is stored, and the
/// next question is answered.
/// </summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class TurnWalkTests
{
    private static readonly string[] Settings = ["--Turns:JournalInterval=00:00:00.010", "--Turns:ShutdownGrace=00:00:00"];

    private enum Act
    {
        Ask,
        AskAsSomebodyElse,
        Say,
        Finish,
        CallWithApproval,
        Call,
        Fail,
        CallInBrowser,
        Drop,
        Approve,
        Deny,
        AnswerInBrowser,
        Expire,
        ChangeTool,
        StopWaiting,
        ContinueWaiting,
        RegenerateWaiting,
        Stop,
        Regenerate,
        Continue,
        Edit,
        AnswerAgain,
        DeleteQuestion,
        DeleteResponse,
        Withdraw,
        Clear,
        Kill,
        Restart,
    }

    [Fact]
    public void Whatever_happens_to_turns_the_next_question_is_answered()
    {
        var last = Enum.GetValues<Act>().Length - 1;
        // What begins something comes more often than what ends it.
        var acts = Gen.Frequency((3, Gen.Int[0, (int)Act.Approve]), (2, Gen.Int[0, last])).Array[5, 30];
        // Not inside of a synchronization context: each walk is waited for.
        Property.Holds(acts, walk => Task.Run(() => WalkAsync([.. walk.Select(act => (Act)act)])).GetAwaiter().GetResult(), sample: 12, whole: 400);
    }

    private static async Task<bool> WalkAsync(Act[] acts)
    {
        await using var walk = await Walk.BeginAsync();
        foreach (var act in acts)
        {
            await walk.DoAsync(act);
        }

        await walk.SettleAsync();
        return true;
    }

    private sealed class Walk : IAsyncDisposable
    {
        private ChatHost _host = null!;
        private Room _room = null!;
        private RoomWatch _watch = null!;
        private readonly HashSet<Guid> _unansweredSince = [];
        private readonly ChangingTool _tool = new();
        private FakeAnswer? _request;
        private int _number;

        public static async Task<Walk> BeginAsync()
        {
            var walk = new Walk();
            walk._host = await ChatHost.StartAsync(walk.Configure, settings: Settings);
            walk._host.Assistants.Change = Recovers;
            walk._room = await walk._host.RoomAsync();
            await walk._host.LetMembersAsync(walk._room);
            walk._watch = await walk._host.WatchAsync(walk._room);
            return walk;
        }

        public async Task DoAsync(Act act)
        {
            var newest = _watch.Now.Messages.LastOrDefault(m => m.Message.Author.Kind == AuthorKind.Assistant && m.Message.Status.IsEnded)?.Message;
            var waiting = _watch.Now.Messages.LastOrDefault(m => m.Message.Status is MessageStatus.AwaitingPeople)?.Message;
            var question = _watch.Now.Messages.LastOrDefault(m => m.Message.Author == ChatHost.Ada.AsAuthor())?.Message;
            switch (act)
            {
                case Act.Ask:
                    await _host.PostAsync(_room, $"Question {_number++}");
                    break;
                case Act.AskAsSomebodyElse:
                    await _host.PostAsync(_room, $"Question {_number++}", ChatHost.Grace);
                    break;
                case Act.Say:
                    _request?.Say("Words, ");
                    return;
                case Act.Finish:
                    End(r => r.Finish($"Answer {_number++}."));
                    break;
                case Act.CallWithApproval:
                    End(r => r.Call($"c{_number++}", "careful", """{"what":"it"}""").Finish());
                    break;
                case Act.Call:
                    End(r => r.Call($"c{_number++}", "quick").Finish());
                    break;
                case Act.CallInBrowser:
                    End(r => r.Call($"c{_number++}", "clipboard").Finish());
                    break;
                case Act.Drop:
                    End(r => r.Fail(new Dropped()));
                    break;
                case Act.AnswerInBrowser:
                    await AnswerAsync();
                    break;
                case Act.Expire:
                    await _host.App.Services.GetRequiredService<RequestExpiry>().ExpireAsync(TimeProvider.System.GetUtcNow().AddDays(2), default);
                    break;
                case Act.ChangeTool:
                    _tool.Version++;
                    break;
                case Act.StopWaiting when waiting is not null:
                    Assert.True((await _host.Responses.StopAsync(ChatHost.Grace, _room.Id, waiting.Id, default)).Value > 0);
                    break;
                case Act.ContinueWaiting when waiting is not null:
                    Assert.Null((await _host.Responses.ContinueAsync(ChatHost.Grace, _room.Id, waiting.Id, default)).Error);
                    break;
                case Act.RegenerateWaiting when waiting is not null:
                    Assert.Null((await _host.Responses.RegenerateAsync(ChatHost.Grace, _room.Id, waiting.Id, default)).Error);
                    break;
                case Act.Fail:
                    End(r => r.Fail(new ResponseFailedException("It failed.")));
                    break;
                case Act.Approve or Act.Deny:
                    await DecideAsync(act == Act.Approve);
                    break;
                case Act.Stop:
                    await _host.Responses.StopAsync(ChatHost.Ada, _room.Id, null, default);
                    break;
                case Act.Regenerate when newest is not null:
                    await _host.Responses.RegenerateAsync(ChatHost.Ada, _room.Id, newest.Id, default);
                    break;
                case Act.Continue when newest is not null:
                    await _host.Responses.ContinueAsync(ChatHost.Ada, _room.Id, newest.Id, default);
                    break;
                case Act.Edit when question is not null:
                    await _host.Rooms.EditAsync(ChatHost.Ada, _room.Id, question.Id, $"Edited {_number++}", default);
                    break;
                case Act.AnswerAgain when question is not null:
                    await _host.Responses.AnswerAgainAsync(ChatHost.Ada, _room.Id, question.Id, default);
                    break;
                case Act.DeleteQuestion when question is not null:
                    await _host.Rooms.DeleteMessageAsync(ChatHost.Ada, _room.Id, question.Id, default);
                    break;
                case Act.DeleteResponse when _watch.Now.Messages.LastOrDefault(m => m.Message.Author.Kind == AuthorKind.Assistant) is { } response:
                    _unansweredSince.Add(response.Message.QuestionId ?? Guid.Empty);
                    await _host.Rooms.DeleteMessageAsync(ChatHost.Ada, _room.Id, response.Message.Id, default);
                    break;
                case Act.Withdraw when _watch.Now.Queue is [.., var turn]:
                    await _host.Responses.WithdrawAsync(ChatHost.Ada, _room.Id, turn.Id, default);
                    break;
                case Act.Clear:
                    await _host.Rooms.ClearAsync(ChatHost.Ada, _room.Id, default);
                    break;
                case Act.Kill:
                    var killed = _host;
                    await GoOnAsync(await _host.CrashAsync(configure: Configure, settings: Settings));
                    await killed.DisposeAsync();
                    break;
                case Act.Restart:
                    await GoOnAsync(await _host.RestartAsync(Configure, Settings));
                    break;
            }

            await RestAsync();
        }

        /// <summary>Brings everything to its end, and asks once more.</summary>
        public async Task SettleAsync()
        {
            while (true)
            {
                await RestAsync();
                if (_request is not null)
                {
                    End(r => r.Finish("The end."));
                }
                else if (!await DecideAsync(isApproved: false) && !await AnswerAsync())
                {
                    break;
                }
            }

            await _host.PostAsync(_room, "Does it still work?");
            await RestAsync();
            var request = _request ?? throw new InvalidOperationException("Nobody was asked.");
            Assert.Contains("Does it still work?", request.Lines.Last(), StringComparison.Ordinal);
            request.Finish("It works.");
            var end = await _watch.UntilAsync(s => s.Messages.LastOrDefault() is { Message: { Status.IsEnded: true, Author.Kind: AuthorKind.Assistant } });
            Assert.Equal(("It works.", MessageStatus.Complete.Instance), (end.Messages[^1].Message.Text, end.Messages[^1].Message.Status));

            Assert.Empty(end.Queue);
            Assert.Empty(end.Running);
            await using var db = _host.OpenDatabase();
            Assert.Empty(await db.Turns.ToListAsync());
            Assert.Empty(await db.Journal.ToListAsync());
            var stored = (await _host.Live.ReadOlderAsync(ChatHost.Ada, _room.Id, long.MaxValue, default)).Value.Messages;
            Assert.Equal(stored.Select(Described), end.Messages.Select(Described));
            Assert.All(stored, m => Assert.All(m.Message.Calls, c => Assert.True(c.IsFinished)));

            // Each question has an answer, or says that it has none.
            var answered = stored.Select(m => m.Message.QuestionId ?? Guid.Empty).Concat(_unansweredSince).ToHashSet();
            Assert.All(
                stored.Where(m => m.Message.Author.Kind == AuthorKind.Person),
                m => Assert.True(answered.Contains(m.Message.Id) || m.Message.Status is MessageStatus.Unanswered, $"{m.Message.Text}: {m.Message.Status}"));
        }

        public async ValueTask DisposeAsync()
        {
            _watch.Dispose();
            await _host.DisposeAsync();
        }

        /// <summary>Waits until nothing moves but by somebody's doing: nothing runs, or the model was asked and says nothing.</summary>
        private async Task RestAsync()
        {
            while (true)
            {
                var now = await _watch.UntilAsync(s => s.Running.Any() || s.Queue.IsEmpty);
                if (_request is { Stopped.IsCompleted: true })
                {
                    _request = null;
                }

                if (!now.Running.Any())
                {
                    _request = null;
                    foreach (var calls in now.Messages.GroupBy(m => m.Message.Owner?.Id, m => m.Message.Calls.Count(c => c.IsAwaited)))
                    {
                        Assert.InRange(calls.Sum(), 0, RoomLimits.WaitingRequests);
                    }

                    return;
                }

                if (_request is not null)
                {
                    return;
                }

                using var waited = new CancellationTokenSource();
                var asked = _host.Model.AskedAsync(waited.Token);
                var changed = _watch.UntilAsync(s => !s.Running.Any(), waited.Token);
                await await Task.WhenAny(asked, changed).Soon();
                if (_host.Model.WasAskedAgain)
                {
                    _request = await _host.Model.NextAsync();
                }

                await waited.CancelAsync();
                await ((Task)changed).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        private void End(Action<FakeAnswer> end)
        {
            if (_request is { } request)
            {
                _request = null;
                end(request);
            }
        }

        private async Task<bool> DecideAsync(bool isApproved)
        {
            if (Waiting(ToolCallState.AwaitingApproval) is not var (waiting, call))
            {
                return false;
            }

            Assert.Null((await _host.Responses.DecideAsync(Asker(waiting), _room.Id, waiting.Id, call.CallId, call.Arguments, isApproved, null, default, call.Tool)).Error);
            return true;
        }

        private async Task<bool> AnswerAsync()
        {
            if (Waiting(ToolCallState.AwaitingBrowser) is not var (waiting, call))
            {
                return false;
            }

            Assert.Null((await _host.Responses.AnswerBrowserCallAsync(Asker(waiting), _room.Id, waiting.Id, call.CallId, "copied", false, default)).Error);
            return true;
        }

        private (Message Response, ToolCallPart Call)? Waiting(ToolCallState state) => _watch.Now.Messages.Select(m => m.Message)
            .Where(m => m.Status is MessageStatus.AwaitingPeople)
            .SelectMany(m => m.Calls.Where(c => c.State == state), (m, c) => ((Message, ToolCallPart)?)(m, c)).FirstOrDefault();

        private static Person Asker(Message response) => response.Owner == ChatHost.Grace.AsAuthor() ? ChatHost.Grace : ChatHost.Ada;

        private async Task GoOnAsync(ChatHost host)
        {
            _watch.Dispose();
            _request = null;
            _host = host;
            _watch = await host.WatchAsync(_room);
        }

        private void Configure(WebApplicationBuilder builder)
        {
            builder.Services.AddSingleton<IToolSource>(_tool);
            builder.Services.AddSingleton(new ChatTool(AIFunctionFactory.Create(() => "", "clipboard").AsDeclarationOnly()) { Site = ToolSite.Browser });
            builder.Services.AddSingleton(new ChatTool(ChatFunctions.Create(() => "quick", "quick", "Gives a result.")));
        }

        private static Assistant Recovers(Assistant assistant) => assistant with { Recovery = RecoveryMode.Continue, MaxSteps = 8, MaxRecoveries = 1 };

        /// <summary>A tool that needs a yes, and may be another one by the time it is given.</summary>
        private sealed class ChangingTool : IToolSource
        {
            private ChatTool? _current;
            private int _made = -1;

            public int Version { get; set; }

            public IReadOnlyList<ChatTool> Tools
            {
                get
                {
                    if (_current is null || _made != Version)
                    {
                        _made = Version;
                        _current = new ChatTool(ChatFunctions.Create((string what) => $"did {what}", "careful", $"Needs a yes, version {_made}.")) { NeedsApproval = ChatTool.Always };
                    }

                    return [_current];
                }
            }
        }

        private sealed class Dropped() : ResponseFailedException("Dropped.", new IOException())
        {
            public override bool IsDropped => true;
        }

        private static string Described(MessageFrame message) =>
            $"{message.Message.Id} {message.Message.Author.Name} {message.Message.Status} {message.Message.Versions} {string.Join(" | ", message.Message.Parts)}";
    }
}
