namespace BlazorChat.Components.Rooms;

/// <summary>A tool call that runs in a browser.</summary>
/// <param name="MessageId">The response.</param>
/// <param name="CallId">The model's id of the call.</param>
public sealed record BrowserCall(Guid MessageId, string CallId);

/// <summary>
/// Which tab runs which call: somebody may have a room open in several tabs and on several devices, and a call runs in one
/// of them. The first tab that claims a call has it until it is done with it or is gone. Thread-safe.
/// </summary>
public sealed class BrowserCallClaims
{
    private readonly Lock _lock = new();
    private readonly Dictionary<BrowserCall, Tab> _claims = [];
    private readonly List<Tab> _tabs = [];

    /// <summary>Adds a tab.</summary>
    /// <param name="personId">The id of the author whose tab it is.</param>
    /// <param name="released">Called when another tab of that person gave up a call, on any thread; must be quick and not throw.</param>
    /// <returns>The tab; disposed, it gives up what it has.</returns>
    internal Tab Add(string personId, Action released)
    {
        var tab = new Tab(this, personId, released);
        lock (_lock)
        {
            _tabs.Add(tab);
        }

        return tab;
    }

    /// <summary>One page with the room open.</summary>
    internal sealed class Tab(BrowserCallClaims claims, string personId, Action released) : IDisposable
    {
        private bool _isGone;

        /// <summary>Whether the call is this tab's to run from now on (or was before).</summary>
        public bool TryClaim(BrowserCall call)
        {
            lock (claims._lock)
            {
                return !_isGone && (claims._claims.TryAdd(call, this) || claims._claims[call] == this);
            }
        }

        /// <summary>Whether the call is this tab's to run.</summary>
        public bool Has(BrowserCall call)
        {
            lock (claims._lock)
            {
                return claims._claims.GetValueOrDefault(call) == this;
            }
        }

        /// <summary>Is done with a call: its result is stored, or it waits no more.</summary>
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

        /// <summary>Cannot run a call: the person's other tabs are told.</summary>
        public void Release(BrowserCall call) => Release(c => c == call);

        /// <summary>Gives up everything; safe to call more than once.</summary>
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
