namespace BlazorChat.Assistants.Middleware.Redaction;

/// <summary>What is taken out, and what is put in its place.</summary>
/// <param name="Root">The regular expression.</param>
/// <param name="Replacement">What people and models see instead.</param>
/// <param name="IsValid">Whether what the expression matches is really one; null for always.</param>
internal sealed record RedactionPattern(PatternNode Root, string Replacement, Func<string, bool>? IsValid = null);
