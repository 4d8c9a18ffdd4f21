namespace BlazorChat.Access;

/// <summary>The people who have left. Their cookie is void, wherever somebody may have copied it.</summary>
internal interface ILeavers
{
    /// <summary>How long somebody is remembered: at least as long as a cookie lasts without a visit.</summary>
    static readonly TimeSpan Remembered = TimeSpan.FromDays(180);

    /// <summary>Whether a person has left.</summary>
    ValueTask<bool> HasLeftAsync(Guid personId, CancellationToken cancellationToken);

    /// <summary>Records that a person has left.</summary>
    Task AddAsync(Guid personId, CancellationToken cancellationToken);
}
