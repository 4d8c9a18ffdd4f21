using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using BlazorChat.Assistants.Pipeline;
using BlazorChat.Assistants.Resilience;
using BlazorChat.Tests.Assistants.Providers;
using BlazorChat.Turns;
using BlazorChat.Turns.Tools;
using BlazorChat.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace BlazorChat.Tests;

/// <summary>What an operator can find out: health, logs, figures and traces; and what nobody can find there.</summary>
[Trait(nameof(Kind), Kind.Process)]
public sealed class ObservabilityTests
{
    private const string Question = "zebra-question";
    private const string Response = "zebra-answer";

    // Not the one that the type of a processor of ours derives from: pages look through the application's types.
    private static readonly string[] Parts = ["OpenTelemetry.Exporter", "OpenTelemetry.Extensions.Hosting", "OpenTelemetry.Instrumentation"];

    [Fact]
    public async Task Alive_and_ready_answer_to_anybody()
    {
        await using var host = await ChatHost.StartAsync(settings: [ChatHost.Listening]);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(host, "/health/live"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(host, "/health/ready"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Without_a_usable_database_the_server_is_alive_and_not_ready(bool damaged)
    {
        await using var host = await ChatHost.StartAsync(settings: [ChatHost.Listening]);
        SqliteConnection.ClearAllPools();
        foreach (var file in Directory.GetFiles(host.Folder, "blazorchat.db*"))
        {
            File.Delete(file);
        }

        if (damaged)
        {
            await File.WriteAllTextAsync(Path.Combine(host.Folder, "blazorchat.db"), new string('x', 8192));
        }

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(host, "/health/ready"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(host, "/health/live"));
    }

    [Theory]
    [MemberData(nameof(ModelWire.All), MemberType = typeof(ModelWire))]
    public async Task Logs_tell_of_a_turn_by_room_and_id_and_never_of_what_was_said_or_of_the_key(string protocol)
    {
        using var log = new LogCapture();
        await using (var room = await ModelRoom.StartAsync(protocol, configure: builder =>
            builder.Logging.AddFilter<LogCapture>(_ => true).AddProvider(log)))
        {
            room.Stub.EnqueueStream(room.Wire.Begin, room.Wire.Text(Response), room.Wire.End);
            await room.AnswerAsync(Question);
            room.Stub.Enqueue(500, "application/json", room.Wire.ErrorBody("api_error", $"{Response} {ModelWire.Secret}"));
            await room.AnswerAsync(Question);

            var ofTurns = log.Lines.Where(line => line.Category == typeof(TurnRunner).FullName && line.Level == LogLevel.Information).ToList();
            Assert.Equal(2, ofTurns.Count(line => line.Text.EndsWith("began.", StringComparison.Ordinal)));
            var failed = Assert.Single(log.Lines, line => line.Category == typeof(GuardChatClient).FullName && line.Level == LogLevel.Warning);
            Assert.All([.. ofTurns, failed], line =>
            {
                Assert.Equal(room.Room.Id, line.Scope["RoomId"]);
                Assert.IsType<Guid>(line.Scope["TurnId"]);
            });
            Assert.Equal(2, ofTurns.Select(line => line.Scope["TurnId"]).Distinct().Count());
            Assert.Contains(failed.Scope["TurnId"], ofTurns.Select(line => line.Scope["TurnId"]));
        }

        // The shutdown's lines are among them. Trace is for what somebody switches on who wants to see contents.
        var told = log.Lines.Where(line => line.Level >= LogLevel.Debug).ToList();
        Assert.Contains(told, line => line.Level == LogLevel.Debug);
        Assert.All(told, line =>
        {
            Assert.DoesNotContain(Question, line.Everything, StringComparison.Ordinal);
            Assert.DoesNotContain(Response, line.Everything, StringComparison.Ordinal);
            Assert.DoesNotContain(ModelWire.Secret, line.Everything, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Figures_count_turns_by_outcome_with_their_tokens_and_times()
    {
        await using var room = await ModelRoom.StartAsync(ModelWire.Anthropic);
        using var figures = new Figures(room.Host.App);

        room.Stub.EnqueueStream(room.Wire.Begin, room.Wire.Text(Response), room.Wire.End);
        await room.AnswerAsync();
        room.Stub.Enqueue(401, "application/json", room.Wire.ErrorBody("authentication_error", "no"));
        await room.AnswerAsync();
        room.Stub.Enqueue(exchange => exchange.StallAsync());
        await room.AskAsync();
        await room.Watch.UntilAsync(s => s.Running.Any());
        Assert.Equal(1, figures.Now("blazorchat.turns.running"));
        await room.Host.Responses.StopAsync(ChatHost.Ada, room.Room.Id, null, default);
        await room.EndedAsync();

        // A figure follows the message that people see.
        await UntilAsync(() => figures.Of("blazorchat.turns").Count == 3);
        Assert.Equal(["complete", "failed", "stopped"], figures.Of("blazorchat.turns").Select(f => f.Tags["blazorchat.outcome"]));
        Assert.All(figures.Of("blazorchat.turns"), f => Assert.Equal(("model", 1), (f.Tags["gen_ai.agent.id"], f.Value)));
        Assert.Equal(0, figures.Now("blazorchat.turns.running"));

        var tokens = figures.Of("gen_ai.client.token.usage").ToLookup(f => (string)f.Tags["gen_ai.token.type"]!, f => f.Value);
        Assert.Equal(3, tokens["input"].Sum());
        Assert.Equal(5, tokens["output"].Sum());
        Assert.InRange(Assert.Single(figures.Of("gen_ai.client.operation.time_to_first_chunk")).Value, double.Epsilon, Guard.Patience.TotalSeconds);
        Assert.NotEmpty(figures.Of("blazorchat.frame.duration"));
        Assert.All(figures.Of("blazorchat.frame.duration"), f => Assert.InRange(f.Value, 0, Guard.Patience.TotalSeconds));
    }

    [Fact]
    public async Task Figures_count_viewers_up_and_down_and_open_rooms()
    {
        await using var host = await ChatHost.StartAsync(settings: [ChatHost.Listening]);
        using var figures = new Figures(host.App);
        var before = figures.Now("blazorchat.rooms.open");
        var room = await host.RoomAsync();
        using (await host.WatchAsync(room))
        using (await host.WatchAsync(room, ChatHost.Grace))
        {
            Assert.Equal([1, 1], figures.Of("blazorchat.viewers").Select(f => f.Value));
            Assert.Equal(before + 1, figures.Now("blazorchat.rooms.open"));
        }

        Assert.Equal([1, 1, -1, -1], figures.Of("blazorchat.viewers").Select(f => f.Value));
    }

    [Fact]
    public async Task A_turn_is_a_span_around_the_request_to_its_model()
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is TurnsMetrics.Name or TelemetryChatClient.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var room = await ModelRoom.StartAsync(ModelWire.Anthropic);
        room.Stub.EnqueueStream(room.Wire.Begin, room.Wire.Text(Response), room.Wire.End);
        await room.AnswerAsync(Question);

        // Other tests run beside this one.
        await UntilAsync(() => spans.Any(span => Equals(span.GetTagItem("gen_ai.conversation.id"), room.Room.Id)));
        var turn = Assert.Single(spans, span => Equals(span.GetTagItem("gen_ai.conversation.id"), room.Room.Id));
        Assert.Equal("invoke_agent Model", turn.DisplayName);
        Assert.Null(turn.ParentId);
        Assert.Equal("invoke_agent", turn.GetTagItem("gen_ai.operation.name"));
        Assert.Equal("model", turn.GetTagItem("gen_ai.agent.id"));
        Assert.Equal("Model", turn.GetTagItem("gen_ai.agent.name"));
        Assert.Equal("complete", turn.GetTagItem("blazorchat.outcome"));
        Assert.IsType<Guid>(turn.GetTagItem("blazorchat.turn.id"));

        var chat = Assert.Single(spans, span => span.ParentId == turn.Id);
        Assert.Equal("chat test-model", chat.DisplayName);
        Assert.Equal(ActivityKind.Client, chat.Kind);
        Assert.Equal("chat", chat.GetTagItem("gen_ai.operation.name"));
        Assert.Equal("anthropic", chat.GetTagItem("gen_ai.provider.name"));
        Assert.Equal("test-model", chat.GetTagItem("gen_ai.request.model"));
        Assert.Equal("test-model-1", chat.GetTagItem("gen_ai.response.model"));
        Assert.Equal(3L, chat.GetTagItem("gen_ai.usage.input_tokens"));
        Assert.Equal(5L, chat.GetTagItem("gen_ai.usage.output_tokens"));
        Assert.All([turn, chat], span => Assert.DoesNotContain(
            span.TagObjects, tag => $"{tag.Value}".Contains("zebra", StringComparison.Ordinal) || $"{tag.Value}".Contains(ModelWire.Secret, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_collector_that_the_settings_name_gets_figures_and_traces_without_contents()
    {
        await using var collector = await OtlpCollector.StartAsync();
        string roomId;
        await using (var room = await ModelRoom.StartAsync(
            ModelWire.Anthropic,
            settings: [ChatHost.Listening, $"--OTEL_EXPORTER_OTLP_ENDPOINT={collector.Address}", "--OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"],
            configure: builder => builder.Services.AddSingleton(new ChatTool(
                AIFunctionFactory.Create((string what) => what == "fail" ? throw new InvalidOperationException("zebra-exception") : $"zebra-result {what}", "look")))))
        {
            room.Stub.EnqueueStream(room.Wire.Begin, room.Wire.Call(0, "c1", "look", """{"what":"zebra-argument"}"""), room.Wire.Call(1, "c2", "look", """{"what":"fail"}"""), room.Wire.CallsEnd);
            room.Stub.EnqueueStream(room.Wire.Begin, room.Wire.Text(Response), room.Wire.End);
            await room.AnswerAsync(Question);
            roomId = room.Room.Id.ToString();
            // Keys stand in addresses, contents in statements that somebody composes, both in what a database says of them.
            room.Stub.Enqueue(200, "text/plain", "");
            using (var http = new HttpClient())
            {
                var address = new UriBuilder(room.Stub.Address) { UserName = "zebra-user", Password = "zebra-password", Path = "zebra-path", Query = "key=zebra-key" };
                using var asked = await http.GetAsync(address.Uri);
                using var opened = await http.GetAsync(new Uri($"{room.Host.App.Urls.Single()}/?zebra=zebra-query"));
                await StatusAsync(room.Host, "/health/live");
            }

            await using (var database = room.Host.OpenDatabase())
            {
                await Assert.ThrowsAsync<SqliteException>(() => database.Database.ExecuteSqlRawAsync("SELECT 'zebra-literal', \"zebra-column\".x FROM Messages"));
            }
        }

        // What was still buffered has been sent at the end.
        var received = collector.ReadAll();
        Assert.All(received, r => Assert.Contains(r.Path, (string[])["/v1/metrics", "/v1/traces"]));
        var figures = string.Concat(received.Where(r => r.Path == "/v1/metrics").Select(r => r.Body));
        var traces = string.Concat(received.Where(r => r.Path == "/v1/traces").Select(r => r.Body));
        Assert.All(
            ["blazorchat.turns", "gen_ai.client.token.usage", "http.server.request.duration", "http.client.request.duration", "dotnet.gc.collections"],
            name => Assert.Contains(name, figures, StringComparison.Ordinal));
        Assert.All(
            ["invoke_agent Model", "chat test-model", "execute_tool look", roomId, "System.Net.Http", "OpenTelemetry.Instrumentation.EntityFrameworkCore", "http.route"],
            name => Assert.Contains(name, traces, StringComparison.Ordinal));
        Assert.DoesNotContain("Microsoft.Extensions.AI", figures + traces, StringComparison.Ordinal);
        Assert.DoesNotContain("/health", traces, StringComparison.Ordinal);
        Assert.DoesNotContain("zebra", figures + traces, StringComparison.Ordinal);
        Assert.DoesNotContain(ModelWire.Secret, figures + traces, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_collector_nothing_of_telemetry_is_loaded()
    {
        var folder = Directory.CreateTempSubdirectory("blazorchat-");
        await using var collector = await OtlpCollector.StartAsync();
        await using (var app = await AppProcess.StartAsync(folder.FullName))
        {
            var loaded = await LoadedAsync(app);
            Assert.All(Parts, part => Assert.DoesNotContain(part, loaded, StringComparison.Ordinal));
        }

        var settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Address.ToString() };
        await using (var app = await AppProcess.StartAsync(folder.FullName, environment: settings))
        {
            var loaded = await LoadedAsync(app);
            Assert.All(Parts, part => Assert.Contains(part, loaded, StringComparison.Ordinal));
        }

        folder.Delete(recursive: true);

        static Task<string> LoadedAsync(AppProcess app) => File.ReadAllTextAsync($"/proc/{app.ProcessId}/maps");
    }

    [Fact]
    public async Task While_another_process_holds_the_file_readiness_says_so_soon_and_is_well_again_afterwards()
    {
        await using var host = await ChatHost.StartAsync(settings: [ChatHost.Listening]);
        await using var other = new SqliteConnection($"Data Source={Path.Combine(host.Folder, "blazorchat.db")};Pooling=False");
        await other.OpenAsync();
        await using (var held = await other.BeginTransactionAsync())
        {
            // Not the ten seconds that a write of people waits: whoever asks has given up by then, and the look holds them up.
            using var http = new HttpClient { BaseAddress = new Uri(host.App.Urls.Single()), Timeout = TimeSpan.FromSeconds(7) };
            using var response = await http.GetAsync(new Uri("/health/ready", UriKind.Relative));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        }

        using var patience = new CancellationTokenSource(Guard.Patience);
        while (await StatusAsync(host, "/health/ready") != HttpStatusCode.OK)
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private static async Task<HttpStatusCode> StatusAsync(ChatHost host, string path)
    {
        using var http = new HttpClient { BaseAddress = new Uri(host.App.Urls.Single()) };
        using var response = await http.GetAsync(new Uri(path, UriKind.Relative));
        return response.StatusCode;
    }

    /// <summary>Waits for what nobody tells of.</summary>
    private static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Guard.Patience);
        while (!condition())
        {
            await Task.Delay(5, patience.Token);
        }
    }
}
