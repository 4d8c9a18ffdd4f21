using BlazorChat.Markdown;
using BlazorChat.Tests.Support;
using CsCheck;

namespace BlazorChat.Tests.Markdown;

/// <summary>What holds for every text at every cut.</summary>
[Trait(nameof(Kind), Kind.Unit)]
public sealed class MarkdownStreamPropertyTests
{
    private static readonly int[] ChunkSizes = [1, 2, 3, 5, 7, 16, 64];

    public static TheoryData<int> Documents => [.. Enumerable.Range(0, MarkdownCorpus.Documents.Count)];

    [Theory]
    [MemberData(nameof(Documents))]
    public void A_text_in_chunks_ends_as_the_whole_text_and_no_closed_block_ever_changes(int index)
    {
        var text = MarkdownCorpus.Documents[index];
        foreach (var size in ChunkSizes)
        {
            Assert.True(Follow(text, Enumerable.Repeat(size, text.Length)), $"A closed block differs at the end: {text}");
        }
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Every_single_cut_of_a_text_gives_a_safe_frame_and_the_same_end(int index)
    {
        var text = MarkdownCorpus.Documents[index];
        for (var cut = 0; cut <= text.Length; cut++)
        {
            Assert.True(Follow(text, [cut, text.Length]));
        }
    }

    [Fact]
    public void Random_texts_in_random_chunks_end_as_the_whole_text() =>
        Property.Holds(
            Gen.Select(MarkdownCorpus.Texts, Gen.Int[1, 8].Array[1, 20]),
            cut => Follow(cut.Item1, Enumerable.Range(0, cut.Item1.Length + 1).Select(i => cut.Item2[i % cut.Item2.Length])), sample: 3_000, whole: 300_000);

    [Fact]
    public void Only_references_to_definitions_elsewhere_change_a_closed_block_at_the_end()
    {
        foreach (var text in MarkdownCorpus.WithDefinitions)
        {
            Assert.False(Follow(text, Enumerable.Repeat(4, text.Length)), text);
        }
    }

    // Streams the text, checks every frame, and says whether each closed block came out the same at the end.
    private static bool Follow(string text, IEnumerable<int> sizes)
    {
        var stream = new MarkdownStream();
        var previous = stream.Refresh();
        var at = 0;
        foreach (var size in sizes)
        {
            if (at >= text.Length)
            {
                break;
            }

            var delta = text.Substring(at, Math.Min(size, text.Length - at));
            at += delta.Length;
            stream.Append(delta);
            var frame = stream.Refresh();
            CheckClosed(previous, frame);
            CheckOpen(previous, frame);
            previous = frame;
        }

        var end = stream.Complete();
        Assert.True(MarkdownRenderer.Render(text).SequenceEqual(end), text);
        Assert.Null(stream.Refresh().Open);
        foreach (var block in end)
        {
            SafeHtml.Parse(block.Html);
        }

        return previous.Closed.Length <= end.Length
            && Enumerable.Range(0, previous.Closed.Length).All(i => ReferenceEquals(previous.Closed[i], end[i]));
    }

    private static void CheckClosed(MarkdownFrame previous, MarkdownFrame frame)
    {
        Assert.True(frame.Closed.Length >= previous.Closed.Length);
        for (var i = 0; i < previous.Closed.Length; i++)
        {
            Assert.Same(previous.Closed[i], frame.Closed[i]);
        }

        for (var i = previous.Closed.Length; i < frame.Closed.Length; i++)
        {
            SafeHtml.Parse(frame.Closed[i].Html);
        }
    }

    private static void CheckOpen(MarkdownFrame previous, MarkdownFrame frame)
    {
        if (frame.Open is OpenMarkup markup)
        {
            SafeHtml.Parse(OpenHtml.Of(markup));
        }

        if (frame.Open is OpenCode code && previous.Open is OpenCode before && frame.Closed.Length == previous.Closed.Length)
        {
            Assert.True(code.Chunks.Length - before.Chunks.Length is 0 or 1);
            Assert.All(before.Chunks.Zip(code.Chunks), pair => Assert.Same(pair.First, pair.Second));
        }

        if (frame.Open is null && previous.Open is OpenCode finished && frame.Closed.Length == previous.Closed.Length + 1)
        {
            var shown = string.Concat(finished.Chunks);
            Assert.StartsWith(shown, SafeHtml.Parse(frame.Closed[^1].Html).QuerySelector("pre")!.TextContent, StringComparison.Ordinal);
        }
    }
}
