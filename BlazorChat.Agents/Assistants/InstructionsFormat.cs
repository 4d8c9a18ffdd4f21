namespace BlazorChat.Assistants;

/// <summary>How an assistant's instructions are written.</summary>
public enum InstructionsFormat
{
    /// <summary>Sent as they are.</summary>
    Text,

    /// <summary>A prompt template of Semantic Kernel, filled in for each step: see <see cref="Turns.Kernels.InstructionsTemplate"/>.</summary>
    Template,
}
