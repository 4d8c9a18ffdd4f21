namespace BlazorChat.Text;

/// <summary>Reads a person's text as it is drawn, for rules that must not take code for what was said.</summary>
internal interface IProseReader
{
    /// <summary>The text without code (inline, in fences, indented) and without marks.</summary>
    string Read(string text);
}
