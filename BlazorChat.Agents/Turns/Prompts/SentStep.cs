namespace BlazorChat.Turns.Prompts;

/// <summary>What was sent to a model in one step of a response, after all hooks and middleware.</summary>
/// <param name="Version">The response's version, counted from 1.</param>
/// <param name="Step">The step, counted from 0.</param>
/// <param name="Messages">The messages.</param>
/// <param name="Tools">The tools, with their descriptions.</param>
/// <param name="Settings">Instructions, model and other settings, by name.</param>
public sealed record SentStep(int Version, int Step, IReadOnlyList<SentMessage> Messages, IReadOnlyList<SentTool> Tools, IReadOnlyDictionary<string, string> Settings)
{
    /// <summary>The sequence of the first message of the room that could be in it; 0 for all. Whoever sees less of the room does not see the step.</summary>
    public long From { get; init; }
}

/// <summary>One message that was sent.</summary>
/// <param name="Role">The protocol's name of the role.</param>
/// <param name="Author">The name of the author that was sent, or null.</param>
/// <param name="Contents">The contents.</param>
public sealed record SentMessage(string Role, string? Author, IReadOnlyList<SentContent> Contents);

/// <summary>One content of a message that was sent.</summary>
/// <param name="Kind"><c>text</c>, <c>reasoning</c>, <c>call</c>, <c>result</c> or the name of another kind.</param>
/// <param name="Text">The text; for a call, its name and arguments.</param>
public sealed record SentContent(string Kind, string Text);

/// <summary>A tool that was offered.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">The description that the model was sent.</param>
public sealed record SentTool(string Name, string Description);
