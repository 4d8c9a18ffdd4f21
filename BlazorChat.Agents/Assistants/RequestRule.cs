namespace BlazorChat.Assistants;

/// <summary>
/// A form in which a model's server takes requests, where it differs from what most servers of its protocol take. Learned from the
/// server's refusals, or configured in <see cref="AssistantOptions.RequestRules"/>.
/// </summary>
public enum RequestRule
{
    /// <summary>Messages of one role that follow each other are joined, and the first one is a person's: the templates of some models require roles that alternate.</summary>
    AlternateRoles,

    /// <summary>The instructions are sent at the beginning of the first message of a person: some models know no system role.</summary>
    NoSystemRole,

    /// <summary>All instructions are in one message, before all others.</summary>
    SystemFirst,

    /// <summary>Messages have no <c>name</c>. The speaker is in the text instead.</summary>
    NoNames,

    /// <summary>No tools are offered, and earlier tool calls are sent as text.</summary>
    NoTools,

    /// <summary>Contents are strings, not lists of parts. Images are left out.</summary>
    TextContent,

    /// <summary>No content is empty.</summary>
    NoEmptyContent,

    /// <summary>The reasoning that led to a tool call is sent back, in <c>reasoning_content</c>.</summary>
    SendReasoning,

    /// <summary>The token limit is sent as <c>max_tokens</c>.</summary>
    MaxTokens,

    /// <summary>The token limit is sent as <c>max_completion_tokens</c>.</summary>
    MaxCompletionTokens,

    /// <summary><c>stream_options</c> is left out. The server then counts no tokens.</summary>
    NoStreamOptions,

    /// <summary><c>parallel_tool_calls</c> is left out.</summary>
    NoParallelToolCalls,

    /// <summary><c>tool_choice</c> is left out.</summary>
    NoToolChoice,

    /// <summary><c>temperature</c> is left out: the setting has no effect.</summary>
    NoTemperature,

    /// <summary><c>reasoning_effort</c> is left out: the setting has no effect.</summary>
    NoReasoningEffort,

    /// <summary>The token limit is left out: the setting has no effect.</summary>
    NoTokenLimit,

    /// <summary>Calls that were made at once are sent one after the other: the templates of some models allow one call in a message.</summary>
    SingleToolCalls,
}
