namespace BlazorChat.Turns.Hooks;

/// <summary>Calls external code in the middle of a turn. A stop ends the wait at once, even if the code ignores its token.</summary>
internal static class Stoppable
{
    /// <summary>Runs the code on a pool thread, because it may block before it first awaits.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was canceled. The code may still be running; no one waits for it.</exception>
    public static Task RunAsync(Func<ValueTask> code, CancellationToken stop) =>
        Task.Run(() => code().AsTask(), CancellationToken.None).WaitAsync(stop);

    /// <inheritdoc cref="RunAsync(Func{ValueTask}, CancellationToken)"/>
    public static Task<T> RunAsync<T>(Func<ValueTask<T>> code, CancellationToken stop) =>
        Task.Run(() => code().AsTask(), CancellationToken.None).WaitAsync(stop);
}
