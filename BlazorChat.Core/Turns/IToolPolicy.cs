namespace BlazorChat.Turns;

/// <summary>What this server's settings ask of approvals, whatever a room's owners decide.</summary>
internal interface IToolPolicy
{
    /// <summary>Whether people are asked about each call of a tool, so that it cannot be allowed for a whole room.</summary>
    bool AlwaysAsks(string toolName);

    /// <summary>Whether a call of a tool needs the approval of two people.</summary>
    bool NeedsTwoPeople(string toolName);
}
