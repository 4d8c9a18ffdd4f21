using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.Turns.Flow;

/// <summary>The tests of how turns go, on PostgreSQL.</summary>
public static class TurnsOnPostgresTests
{
    public sealed class AskAgain : AskAgainTests
    {
        protected override TestDatabase Database => TestDatabase.PostgreSQL;
    }

    public sealed class Crash : CrashTests
    {
        protected override TestDatabase Database => TestDatabase.PostgreSQL;
    }

    public sealed class Delete : DeleteTests
    {
        protected override TestDatabase Database => TestDatabase.PostgreSQL;
    }

    public sealed class Orphan : OrphanTests
    {
        protected override TestDatabase Database => TestDatabase.PostgreSQL;
    }

    public sealed class Overlap : OverlapTests
    {
        protected override TestDatabase Database => TestDatabase.PostgreSQL;
    }

    public sealed class RepeatedDecision : RepeatedDecisionTests
    {
        protected override TestDatabase Database => TestDatabase.PostgreSQL;
    }

    public sealed class ServerMessage : ServerMessageTests
    {
        protected override TestDatabase Database => TestDatabase.PostgreSQL;
    }

    public sealed class Turn : TurnTests
    {
        protected override TestDatabase Database => TestDatabase.PostgreSQL;
    }
}
