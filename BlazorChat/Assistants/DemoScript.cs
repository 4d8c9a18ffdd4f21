using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants;

/// <summary>How an answer of the demo assistant ends.</summary>
internal enum DemoEnding
{
    /// <summary>As it should.</summary>
    Finished,

    /// <summary>With a failure after its text.</summary>
    Failure,

    /// <summary>Never.</summary>
    Silence,
}

/// <summary>One answer of the demo assistant.</summary>
internal sealed record DemoPlan(string Text)
{
    public string Reasoning { get; init; } = "";

    public IReadOnlyList<FunctionCallContent> Calls { get; init; } = [];

    public bool IsSlow { get; init; }

    public DemoEnding Ending { get; init; }
}

/// <summary>What the demo assistant understands.</summary>
internal static class DemoScript
{
    public static DemoPlan Plan(IReadOnlyList<ChatMessage> prompt, IList<AITool> tools) => new("Hello. I am the demo assistant.");
}
