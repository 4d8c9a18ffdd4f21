using Microsoft.Extensions.AI;

namespace BlazorChat.Assistants.Providers.Demo;

/// <summary>One response of the demo assistant: reasoning, then text, then tool calls, then an ending.</summary>
/// <param name="Text">Markdown.</param>
internal sealed record DemoPlan(string Text)
{
    public string Reasoning { get; init; } = "";

    public IReadOnlyList<FunctionCallContent> Calls { get; init; } = [];

    /// <summary>Whether it is written at a tenth of the usual speed.</summary>
    public bool IsSlow { get; init; }

    public DemoEnding Ending { get; init; }
}

/// <summary>How a response of the demo assistant ends.</summary>
internal enum DemoEnding
{
    /// <summary>Normally.</summary>
    Finished,

    /// <summary>With a failure after its text.</summary>
    Failure,

    /// <summary>Never.</summary>
    Silence,
}
