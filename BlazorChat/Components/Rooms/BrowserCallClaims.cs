namespace BlazorChat.Components.Rooms;

/// <summary>A tool call that runs in a browser.</summary>
/// <param name="MessageId">The id of the response.</param>
/// <param name="CallId">The call's id, from the model.</param>
public sealed record BrowserCall(Guid MessageId, string CallId);

/// <summary>
/// Assigns each call to one tab: a person may have a room open in several tabs and on several devices, but a call runs in only one of
/// them. The first tab to claim a call keeps it until it completes or releases the call, or is gone. Thread-safe.
/// </summary>
public sealed class BrowserCallClaims
{
    private readonly Lock _lock = new();
    private readonly Dictionary<BrowserCall, Tab> _claims = [];
    private readonly List<Tab> _tabs = [];

    /// <summary>Adds a tab.</summary>
    /// <param name="personId">The author id of the tab's person.</param>
    /// <param name="released">Called on any thread after another tab of the person has released a call. Must be quick and must not throw.</param>
    /// <returns>The tab. Disposing it releases its calls.</returns>
    internal Tab Add(string personId, Action released)
    {
        var tab = new Tab(this, personId, released);
        lock (_lock)
        {
            _tabs.Add(tab);
        }

        return tab;
    }

    /// <summary>An open page of a room.</summary>
    internal sealed class Tab(BrowserCallClaims claims, string personId, Action released) : IDisposable
    {
        private bool _isGone;

        /// <summary>Claims a call for this tab.</summary>
        /// <returns>Whether the tab now has the call, or already had it.</returns>
        public bool TryClaim(BrowserCall call)
        {
            lock (claims._lock)
            {
                return !_isGone && (claims._claims.TryAdd(call, this) || claims._claims[call] == this);
            }
        }

        /// <summary>Whether this tab has claimed the call.</summary>
        public bool Has(BrowserCall call)
        {
            lock (claims._lock)
            {
                return claims._claims.GetValueOrDefault(call) == this;
            }
        }

        /// <summary>Ends the claim on a call whose result is stored or that no longer waits.</summary>
        public void Complete(BrowserCall call)
        {
            lock (claims._lock)
            {
                if (claims._claims.GetValueOrDefault(call) == this)
                {
                    claims._claims.Remove(call);
                }
            }
        }

        /// <summary>Releases a call that this tab cannot run, and tells the person's other tabs.</summary>
        public void Release(BrowserCall call) => Release(c => c == call);

        /// <summary>Releases all calls of this tab. Safe to call more than once.</summary>
        public void Dispose()
        {
            lock (claims._lock)
            {
                _isGone = true;
                claims._tabs.Remove(this);
            }

            Release(static _ => true);
        }

        private void Release(Func<BrowserCall, bool> which)
        {
            Tab[] others;
            lock (claims._lock)
            {
                var mine = claims._claims.Where(c => c.Value == this && which(c.Key)).Select(c => c.Key).ToList();
                mine.ForEach(call => claims._claims.Remove(call));
                others = mine.Count == 0 ? [] : [.. claims._tabs.Where(t => t != this && t.PersonId == PersonId)];
            }

            foreach (var other in others)
            {
                other.Released();
            }
        }

        private string PersonId { get; } = personId;

        private Action Released { get; } = released;
    }
}
