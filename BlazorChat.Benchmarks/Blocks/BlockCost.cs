using BlazorChat.Components.Messages;
using BlazorChat.Markdown;
using Microsoft.AspNetCore.Components;

namespace BlazorChat.Benchmarks.Blocks;

/// <summary>What a growing block costs each viewer, in bytes per token without compression.</summary>
/// <param name="First">In the first <see cref="Window"/> tokens.</param>
/// <param name="Last">In the last ones.</param>
/// <param name="Whole">In all of them.</param>
internal sealed record BlockCost(double First, double Last, double Whole)
{
    /// <summary>Tokens at the beginning and at the end that are looked at.</summary>
    public const int Window = 500;

    // 50 tokens a second in frames of 60 ms.
    private const int TokensPerFrame = 3;

    /// <summary>How many times as much the last tokens cost as the first.</summary>
    public double Growth => Last / First;

    /// <summary>Streams a block through the components that show it, frame by frame.</summary>
    public static async Task<BlockCost> MeasureAsync(BlockKind kind, int tokens)
    {
        await using var meter = new BatchMeter();
        var stream = new MarkdownStream();
        var view = await meter.AddAsync<LiveText>(ParameterView.FromDictionary(new Dictionary<string, object?>(StringComparer.Ordinal) { [nameof(LiveText.Text)] = MarkdownFrame.Empty }));
        var before = meter.Bytes;
        var bytes = new List<long>(tokens);
        foreach (var token in kind.Tokens.Take(tokens))
        {
            stream.Append(token);
            if ((bytes.Count + 1) % TokensPerFrame == 0)
            {
                await meter.Dispatcher.InvokeAsync(() => view.Show(stream.Refresh()));
            }

            bytes.Add(meter.Bytes - before);
        }

        return new BlockCost((double)bytes[Window - 1] / Window, (double)(bytes[^1] - bytes[^(Window + 1)]) / Window, (double)bytes[^1] / tokens);
    }
}
