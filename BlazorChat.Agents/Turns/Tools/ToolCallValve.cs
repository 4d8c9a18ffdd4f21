namespace BlazorChat.Turns.Tools;

/// <summary>Passes a tool's output on until it is closed: the output of an abandoned tool belongs to no response.</summary>
internal sealed class ToolCallValve
{
    private readonly Lock _lock = new();
    private bool _isClosed;

    public ToolCallValve(ToolCallContext call) =>
        Call = call.With(
            (data, isTransient) => Pass(() => call.DataSink(data, isTransient)),
            text => Pass(() => call.PreliminarySink(text)),
            count => Pass(() => call.CountSink(count)),
            work => Pass(() => call.WorkSink(work)));

    /// <summary>The call that the tool gets.</summary>
    public ToolCallContext Call { get; }

    /// <summary>Closes the valve: nothing passes after this.</summary>
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
