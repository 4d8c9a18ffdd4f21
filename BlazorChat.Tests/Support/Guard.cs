namespace BlazorChat.Tests.Support;

/// <summary>Ends a test that would wait for ever. Never a measure of time: passing tests do not come near it.</summary>
public static class Guard
{
    /// <summary>Longer than any condition takes on a busy machine.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Waits for a task, at most <see cref="Patience"/>.</summary>
    public static Task<T> Soon<T>(this Task<T> task) => task.WaitAsync(Patience);

    /// <summary>Waits for a task, at most <see cref="Patience"/>.</summary>
    public static Task Soon(this Task task) => task.WaitAsync(Patience);
}
