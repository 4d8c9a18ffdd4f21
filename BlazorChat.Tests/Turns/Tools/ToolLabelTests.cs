using BlazorChat.Messages;
using BlazorChat.Tests.Support;
using BlazorChat.Turns.Tools;

namespace BlazorChat.Tests.Turns.Tools;

/// <summary>What people are told about a tool, and what of it an approval covers.</summary>
[Trait(nameof(Kind), Kind.Unit)]
public sealed class ToolLabelTests
{
    [Fact]
    public void A_tool_without_words_has_no_label_and_the_fingerprint_that_it_had_before_there_were_titles()
    {
        var tool = Tool();
        Assert.Null(ToolLabels.Of(tool));
        Assert.Equal("", ToolFingerprints.Of(tool).Title);
        Assert.Equal(2, ToolFingerprints.Of(tool).ToString().Count(c => c == '.'));
    }

    [Fact]
    public void A_label_has_what_can_be_stored_and_the_origin_of_tools_that_are_not_the_applications_own()
    {
        var tool = new ChatTool(Tool().Function) { Title = "Find\0 it", Verb = new ToolVerb("Finding it", "Found \uD800it"), Source = "shop" };
        Assert.Equal(new ToolLabel("Find\uFFFD it") { Doing = "Finding it", Done = "Found \uFFFDit", Source = "shop" }, ToolLabels.Of(tool));
        Assert.Same(ToolLabels.Of(tool), ToolLabels.Of(tool));
        // A server may be called anything.
        Assert.Equal("built-in", ToolLabels.Of(new ChatTool(Tool().Function) { Source = "built-in", OwnName = "find" })?.Source);
    }

    [Fact]
    public void A_rule_leaves_a_tool_its_words()
    {
        var tool = new ChatTool(Tool().Function) { Title = "Find it", Verb = new ToolVerb("Finding it", "Found it"), OwnName = "find!" };
        Assert.Equal(ToolLabels.Of(tool), ToolLabels.Of(new ToolRules([new ToolRule("find", ChatTool.Always)]).Apply(tool)));
    }

    [Fact]
    public void A_verb_is_no_part_of_a_consent_and_a_title_is()
    {
        var before = new ChatTool(Tool().Function) { Title = "Find it" };
        Assert.Equal(ToolFingerprints.Of(before), ToolFingerprints.Of(new ChatTool(before.Function) { Title = "Find it", Verb = new ToolVerb("Finding", "Found") }));
        var after = ToolFingerprints.Of(new ChatTool(before.Function) { Title = "Lose it" });
        Assert.Equal("its title", ToolFingerprints.Of(before).ChangesIn(after));
        Assert.NotEqual(ToolFingerprints.Of(before).ToString(), after.ToString());
    }

    private static ChatTool Tool() => new(ChatFunctions.Create(() => "", "find", "Finds it."));
}
