using System.Text;
using BlazorChat.Text;

namespace BlazorChat.Turns.Tools;

/// <summary>
/// How far an inner assistant is, for the card of the call: the tools that it called and what it says now. Shows the newest state
/// at most five times a second, and always at the end.
/// </summary>
internal sealed class DelegationProgress : IAsyncDisposable
{
    private const int MostCalls = 20;
    private const int TextLength = 4_000;
    private const int ArgumentsLength = 200;
    private const int InnerLength = 1_000;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly Lock _lock = new();
    private readonly List<Call> _calls = [];
    private readonly StringBuilder _text = new();
    private readonly Action<string> _show;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private int _earlierCalls;
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

    /// <summary>Another request to the model: what it said before is not its last word.</summary>
    public void BeginStep()
    {
        // What was shown stays until there is something else to show.
        lock (_lock)
        {
            _text.Clear();
            _inner = "";
        }
    }

    public void Append(string text) => Change(() =>
    {
        _text.Append(text);
        if (_text.Length > TextLength * 2)
        {
            _text.Remove(0, _text.Length - TextLength);
        }
    });

    /// <summary>A call began.</summary>
    /// <returns>What to end it with.</returns>
    public object BeginCall(string name, string arguments)
    {
        var call = new Call(name, TextCut.Marked(arguments, ArgumentsLength));
        Change(() =>
        {
            _calls.Add(call);
            if (_calls.Count > MostCalls)
            {
                _calls.RemoveAt(0);
                _earlierCalls++;
            }
        });
        return call;
    }

    public void EndCall(object call, bool isError) => Change(() => ((Call)call).Mark = isError ? "✗" : "✓");

    /// <summary>What one of its tools shows in turn.</summary>
    public void ShowInner(string text) => Change(() => _inner = TextCut.Marked(text, InnerLength));

    /// <summary>Shows the newest state if it was not, and nothing after it.</summary>
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

    private void Change(Action change)
    {
        lock (_lock)
        {
            if (_isEnded)
            {
                return;
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

    private sealed class Call(string name, string arguments)
    {
        public string Name { get; } = name;

        public string Arguments { get; } = arguments;

        public string Mark { get; set; } = "…";
    }
}
