namespace BlazorChat.Turns.Tools;

/// <summary>A call whose tool is heard until the valve is closed: what an abandoned tool still shows belongs to no response.</summary>
internal sealed class ToolCallValve
{
    private readonly Lock _lock = new();
    private bool _isClosed;

    public ToolCallValve(ToolCallContext call) =>
        Call = call.With(
            (data, isTransient) => Pass(() => call.DataSink(data, isTransient)),
            text => Pass(() => call.PreliminarySink(text)));

    /// <summary>The call as its tool gets it.</summary>
    public ToolCallContext Call { get; }

    /// <summary>After this nothing comes through any more.</summary>
    public void Close()
    {
        lock (_lock)
        {
            _isClosed = true;
        }
    }

    private void Pass(Action action)
    {
        lock (_lock)
        {
            if (!_isClosed)
            {
                action();
            }
        }
    }
}
