using BlazorChat.Benchmarks.Circuits;
using BlazorChat.Tests.Support;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;

namespace BlazorChat.Tests.Benchmarks;

[Trait(nameof(Kind), Kind.Host)]
public class LogicalDomTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task The_text_is_the_components_after_any_sequence_of_changes(int seed)
    {
        await using var app = await LiveApp.StartAsync();
        await using var client = new CircuitClient(app.Address, compress: true) { Dom = new LogicalDom() };
        using var limit = new CancellationTokenSource(Limit);
        await client.StartAsync(await client.LoadAsync("/live", limit.Token), limit.Token);

#pragma warning disable CA5394 // Not for secrets: the seed makes a failure repeatable.
        var random = new Random(seed);
        for (var step = 0; step < 60; step++)
        {
            var items = Enumerable.Range(0, 12).Where(_ => random.Next(3) > 0).ToArray();
            random.Shuffle(items);
            var shown = step;
            await app.Stage.ShowAsync(builder => Show(builder, items, shown), limit.Token);
            var expected = Text(items, step);
            while (client.Dom.Text() != expected)
            {
                Assert.Null(client.Failure);
                await Task.Delay(5, limit.Token);
            }
        }
#pragma warning restore CA5394
    }

    // Keyed elements that move, a text that changes, markup that comes and goes, a region, and components in elements.
    private static void Show(RenderTreeBuilder builder, int[] items, int step)
    {
        builder.AddContent(0, $"Step {step}: ");
        foreach (var item in items)
        {
            builder.OpenElement(1, "p");
            builder.SetKey(item);
            builder.AddAttribute(2, "class", $"c{step}");
            if ((item + step) % 3 == 0)
            {
                builder.AddMarkupContent(3, $"<b>{step} &amp; more</b>");
            }

            builder.OpenRegion(4);
            builder.AddContent(0, $"[{item}]");
            builder.CloseRegion();
            builder.OpenComponent<Inner>(5);
            builder.AddComponentParameter(6, nameof(Inner.Number), item * step);
            builder.CloseComponent();
            builder.CloseElement();
        }

        builder.AddContent(7, "End.");
    }

    private static string Text(int[] items, int step)
    {
        var texts = items.Select(item => $"{((item + step) % 3 == 0 ? $"{step} & more" : "")}[{item}]({item * step})");
        return $"Step {step}: {string.Concat(texts)}End.";
    }

    private sealed class Inner : ComponentBase
    {
        [Parameter]
        public int Number { get; set; }

        protected override void BuildRenderTree(RenderTreeBuilder builder)
        {
            if (Number % 2 == 0)
            {
                builder.OpenElement(0, "i");
                builder.AddContent(1, $"({Number})");
                builder.CloseElement();
            }
            else
            {
                builder.AddContent(2, $"({Number})");
            }
        }
    }
}
