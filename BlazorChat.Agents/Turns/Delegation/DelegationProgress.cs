using System.Text;
using BlazorChat.Messages;
using BlazorChat.Rooms;
using BlazorChat.Text;

namespace BlazorChat.Turns.Delegation;

/// <summary>
/// The progress of an inner assistant, for the card of the call: its tool calls and its current text. Shows the newest state at most
/// five times a second, and always at the end.
/// </summary>
internal sealed class DelegationProgress : IResponseSink, IAsyncDisposable
{
    private const int MostCalls = 20;
    private const int TextLength = 4_000;
    private const int ArgumentsLength = 200;
    private const int InnerLength = 1_000;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly Lock _lock = new();
    private readonly List<Call> _calls = [];
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly StringBuilder _text = new();
    private readonly Action<string> _show;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private int _earlierCalls;
    private int _step;
    private string _inner = "";
    private long? _shownAt;
    private bool _isDue;
    private bool _isEnded;

    public DelegationProgress(Action<string> show, TimeProvider time)
    {
        _show = show;
        _time = time;
        _timer = time.CreateTimer(static progress => ((DelegationProgress)progress!).OnDue(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc />
    public void OnDelta(ResponseDelta delta)
    {
        if (delta is ResponseDelta.PartSet { Part: ToolCallPart part })
        {
            Change(part.Step, () => Show(part));
        }
    }

    /// <inheritdoc />
    public void OnText(Guid messageId, int step, string text, bool isReasoning, ResponseDelta delta)
    {
        if (!isReasoning)
        {
            Change(step, () => Append(text));
        }
    }

    /// <summary>Shows a preliminary result of one of its tools.</summary>
    public void ShowInner(string text) => Change(_step, () => _inner = TextCut.Marked(text, InnerLength));

    /// <summary>Shows the newest state if it has not been shown, and nothing after that.</summary>
    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync().ConfigureAwait(false);
        lock (_lock)
        {
            if (_isDue)
            {
                Show();
            }

            _isEnded = true;
        }
    }

    private void Append(string text)
    {
        _text.Append(text);
        if (_text.Length > TextLength * 2)
        {
            _text.Remove(0, _text.Length - TextLength);
        }
    }

    private void Show(ToolCallPart part)
    {
        var call = _calls.Find(known => known.Id == part.CallId);
        if (call is null && !_known.Add(part.CallId))
        {
            // The call was shown before and has since made room for others.
            return;
        }

        if (call is null)
        {
            _calls.Add(call = new Call(part.CallId, part.Name));
            if (_calls.Count > MostCalls)
            {
                _calls.RemoveAt(0);
                _earlierCalls++;
            }
        }

        call.Arguments = TextCut.Marked(part.Arguments, ArgumentsLength);
        call.Mark = !part.IsFinished ? "…" : part.State == ToolCallState.Succeeded ? "✓" : "✗";
    }

    private void Change(int step, Action change)
    {
        lock (_lock)
        {
            if (_isEnded)
            {
                return;
            }

            if (step > _step)
            {
                // A new request to the model: the earlier text is not its last word. It stays until there is something else to show.
                _step = step;
                _text.Clear();
                _inner = "";
            }

            change();
            if (_isDue)
            {
                return;
            }

            var wait = _shownAt is { } shown ? Interval - _time.GetElapsedTime(shown) : TimeSpan.Zero;
            if (wait <= TimeSpan.Zero)
            {
                Show();
            }
            else
            {
                _isDue = true;
                _timer.Change(wait, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void OnDue()
    {
        lock (_lock)
        {
            if (_isDue && !_isEnded)
            {
                Show();
            }
        }
    }

    private void Show()
    {
        _isDue = false;
        _shownAt = _time.GetTimestamp();
        var lines = new List<string>();
        if (_earlierCalls > 0)
        {
            lines.Add($"… {_earlierCalls} earlier calls");
        }

        lines.AddRange(_calls.Select(call => $"{call.Mark} {call.Name} {call.Arguments}"));
        if (_inner.Length > 0)
        {
            lines.Add(_inner);
        }

        if (_text.Length > 0)
        {
            lines.Add(_text.Length <= TextLength ? _text.ToString() : $"… {_text.ToString(_text.Length - TextLength, TextLength)}");
        }

        _show(string.Join('\n', lines));
    }

    private sealed class Call(string id, string name)
    {
        public string Id { get; } = id;

        public string Name { get; } = name;

        public string Arguments { get; set; } = "";

        public string Mark { get; set; } = "";
    }
}
