namespace BlazorChat.Turns.Prompts;

/// <summary>What a model was sent in one step of a response, behind all hooks and middleware.</summary>
/// <param name="Version">The response's version, counted from 1.</param>
/// <param name="Step">The step, counted from 0.</param>
/// <param name="Messages">The messages.</param>
/// <param name="Tools">The tools, with their descriptions.</param>
/// <param name="Settings">Instructions, model and the other settings that were set, by name.</param>
public sealed record SentStep(int Version, int Step, IReadOnlyList<SentMessage> Messages, IReadOnlyList<SentTool> Tools, IReadOnlyDictionary<string, string> Settings);

/// <summary>One message that was sent.</summary>
/// <param name="Role">The field's name of its role.</param>
/// <param name="Author">Who is said to have written it, or null.</param>
/// <param name="Contents">What is in it.</param>
public sealed record SentMessage(string Role, string? Author, IReadOnlyList<SentContent> Contents);

/// <summary>One content of a message that was sent.</summary>
/// <param name="Kind"><c>text</c>, <c>reasoning</c>, <c>call</c>, <c>result</c> or another kind's name.</param>
/// <param name="Text">The text; of a call its name and arguments.</param>
public sealed record SentContent(string Kind, string Text);

/// <summary>One tool that was offered.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Description">What the model was told of it.</param>
public sealed record SentTool(string Name, string Description);
