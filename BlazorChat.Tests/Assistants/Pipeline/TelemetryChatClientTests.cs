using System.Collections.Concurrent;
using System.Diagnostics;
using BlazorChat.Assistants.Pipeline;
using BlazorChat.Assistants.Resilience;
using BlazorChat.Tests.Support;
using Microsoft.Extensions.AI;

namespace BlazorChat.Tests.Assistants.Pipeline;

[Trait(nameof(Kind), Kind.Unit)]
public sealed class TelemetryChatClientTests : IDisposable
{
    private readonly ConcurrentQueue<Activity> _spans = new();
    private readonly ActivityListener _listener;
    private readonly FakeChatClient _model = new();
    private readonly string _modelId = $"model-{Guid.NewGuid()}";

    public TelemetryChatClientTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == TelemetryChatClient.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = span =>
            {
                // Other tests run beside this one.
                if (span.DisplayName == $"chat {_modelId}")
                {
                    _spans.Enqueue(span);
                }
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _model.Dispose();
    }

    [Fact]
    public async Task An_answer_is_one_span_with_the_conventions_attributes()
    {
        _model.NextResponse(
            new ChatResponseUpdate(ChatRole.Assistant, "secret words") { ModelId = "model-1" },
            new ChatResponseUpdate(ChatRole.Assistant, [new UsageContent(new UsageDetails { InputTokenCount = 3, OutputTokenCount = 5 })]) { FinishReason = ChatFinishReason.Stop });
        await ReadAsync();
        var span = Assert.Single(_spans);
        Assert.Equal(ActivityKind.Client, span.Kind);
        Assert.Equal("chat", span.GetTagItem("gen_ai.operation.name"));
        Assert.Equal("openai", span.GetTagItem("gen_ai.provider.name"));
        Assert.Equal(_modelId, span.GetTagItem("gen_ai.request.model"));
        Assert.Equal("model-1", span.GetTagItem("gen_ai.response.model"));
        Assert.Equal("stop", Assert.Single((string[])span.GetTagItem("gen_ai.response.finish_reasons")!));
        Assert.Equal((3L, 5L), (span.GetTagItem("gen_ai.usage.input_tokens"), span.GetTagItem("gen_ai.usage.output_tokens")));
        Assert.DoesNotContain(span.TagObjects, tag => $"{tag.Value}".Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_failure_is_named_by_its_kind()
    {
        _model.NextFailure(ChatFailures.Stalled(TimeSpan.FromSeconds(60)));
        Assert.NotNull((await ReadAsync()).Failure);
        var span = Assert.Single(_spans);
        Assert.Equal("Stalled", span.GetTagItem("error.type"));
        Assert.Equal(ActivityStatusCode.Error, span.Status);
    }

    private Task<Reading> ReadAsync() =>
        Reading.ToEndAsync(new TelemetryChatClient(_model, "OpenAI", _modelId).GetStreamingResponseAsync("Hello"));
}
