namespace BlazorChat.Messages;

/// <summary>What a tool was when people were asked to approve a call of it, as hashes. A consent covers this tool and no other.</summary>
/// <param name="Description">Of its description.</param>
/// <param name="Schema">Of the schema of its arguments.</param>
/// <param name="Nature">Of where it runs and comes from, and what its source says about its effects.</param>
public sealed record ToolFingerprint(string Description, string Schema, string Nature)
{
    /// <summary>Of its title and of the name that its source has for it; empty if it has neither.</summary>
    public string Title { get; init; } = "";

    /// <summary>Says in words what is different in another tool, for people.</summary>
    internal string ChangesIn(ToolFingerprint other)
    {
        string?[] changes =
        [
            Title == other.Title ? null : "its title",
            Description == other.Description ? null : "its description",
            Schema == other.Schema ? null : "the arguments that it takes",
            Nature == other.Nature ? null : "what it says about its effects",
        ];
        return string.Join(" and ", changes.OfType<string>());
    }

    /// <summary>One text for all of it, which pages send back with a decision.</summary>
    public override string ToString() => Title.Length == 0 ? $"{Description}.{Schema}.{Nature}" : $"{Description}.{Schema}.{Nature}.{Title}";
}
