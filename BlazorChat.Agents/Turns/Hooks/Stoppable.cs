namespace BlazorChat.Turns.Hooks;

/// <summary>Calls others' code in the middle of a turn: a stop ends the wait at once, whether or not that code heeds its token.</summary>
internal static class Stoppable
{
    /// <summary>Runs it on a thread of the pool, since it may block before it first awaits.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was cancelled; the code is left to itself.</exception>
    public static Task RunAsync(Func<ValueTask> code, CancellationToken stop) =>
        Task.Run(() => code().AsTask(), CancellationToken.None).WaitAsync(stop);

    /// <inheritdoc cref="RunAsync(Func{ValueTask}, CancellationToken)"/>
    public static Task<T> RunAsync<T>(Func<ValueTask<T>> code, CancellationToken stop) =>
        Task.Run(() => code().AsTask(), CancellationToken.None).WaitAsync(stop);
}
