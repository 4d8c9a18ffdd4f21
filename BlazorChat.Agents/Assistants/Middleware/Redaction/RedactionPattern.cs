namespace BlazorChat.Assistants.Middleware.Redaction;

/// <summary>A pattern and its replacement.</summary>
/// <param name="Root">The regular expression.</param>
/// <param name="Replacement">The text that people and models see instead.</param>
/// <param name="IsValid">Decides whether a match of the expression is real; null for always.</param>
internal sealed record RedactionPattern(PatternNode Root, string Replacement, Func<string, bool>? IsValid = null);
