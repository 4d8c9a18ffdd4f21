namespace BlazorChat.Assistants;

/// <summary>The format of an assistant's instructions.</summary>
public enum InstructionsFormat
{
    /// <summary>Plain text, sent as it is.</summary>
    Text,

    /// <summary>A Semantic Kernel prompt template, filled in for each step: see <see cref="Turns.Kernels.InstructionsTemplate"/>.</summary>
    Template,
}
