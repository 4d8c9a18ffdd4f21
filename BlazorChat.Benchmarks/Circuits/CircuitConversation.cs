using System.Diagnostics;

namespace BlazorChat.Benchmarks.Circuits;

/// <summary>
/// The browser's side of one circuit's protocol: what it notes of each hub message, and what it answers. Knows no
/// connection; one receiving loop calls <see cref="Receive"/>.
/// </summary>
/// <param name="markers">What the page says about its interactive part.</param>
/// <param name="log">Where marks are noted.</param>
/// <param name="wire">The bytes that came so far, for the log.</param>
/// <param name="dom">What applies the batches, or null.</param>
internal sealed class CircuitConversation(PageMarkers markers, ViewerLog log, WireCounter wire, LogicalDom? dom)
{
    private readonly TaskCompletionSource _firstBatch = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _batches;
    private long _objects;

    /// <summary>Ends with the first batch that brings something to see; fails when the circuit does before.</summary>
    public Task FirstBatch => _firstBatch.Task;

    /// <summary>The circuit's secret, which ends it; null before it started.</summary>
    public string? Circuit { get; private set; }

    /// <summary>How many render batches came.</summary>
    public long Batches => Volatile.Read(ref _batches);

    /// <summary>Why the circuit ended, or null while it lives.</summary>
    public string? Failure { get; private set; }

    /// <summary>Notes why the circuit ended. The first reason stays.</summary>
    public void Fail(string reason)
    {
        Failure ??= reason;
        _firstBatch.TrySetException(new InvalidOperationException($"The circuit failed: {reason}"));
    }

    /// <summary>Takes one hub message.</summary>
    /// <returns>The frame to answer with, or null.</returns>
    public byte[]? Receive(ReadOnlySpan<byte> message)
    {
        var reader = new BlazorPackReader(message);
        reader.ReadArrayHeader();
        switch (reader.ReadInt64())
        {
            case HubMessages.Invocation:
                reader.Skip();
                reader.Skip();
                return ReceiveCall(ref reader);
            case HubMessages.Completion:
                reader.Skip();
                return ReceiveResult(ref reader);
            case HubMessages.Close:
                Fail($"the hub closed: {reader.ReadString()}");
                return null;
            default:
                return null;
        }
    }

    private byte[]? ReceiveCall(ref BlazorPackReader reader)
    {
        var method = reader.ReadBytes();
        reader.ReadArrayHeader();
        if (method.SequenceEqual("JS.RenderBatch"u8))
        {
            return ReceiveBatch(reader.ReadInt64(), reader.ReadBytes());
        }

        if (method.SequenceEqual("JS.BeginInvokeJS"u8))
        {
            return ReceiveJavaScriptCall(ref reader);
        }

        if (method.SequenceEqual("JS.Error"u8))
        {
            Fail($"an unhandled error in the circuit: {reader.ReadString()}");
        }

        return null;
    }

    private byte[] ReceiveBatch(long number, ReadOnlySpan<byte> bytes)
    {
        var now = Stopwatch.GetTimestamp();
        var received = wire.Received;
        var batch = new RenderBatch(bytes);
        for (var i = 0; i < batch.StringCount; i++)
        {
            log.Scan(batch.StringAt(i), now, received);
        }

        dom?.Apply(batch);
        Volatile.Write(ref _batches, _batches + 1);
        if (batch.FrameCount > 0)
        {
            _firstBatch.TrySetResult();
        }

        return HubMessages.RenderCompleted(number);
    }

    // Arguments: the call's number (0 when nobody waits), the function's name, its arguments as JSON, the kind of its
    // result (0 JSON, 1 an object that stays in the browser, 2 a stream, 3 nothing), and what follows is of no interest.
    private byte[]? ReceiveJavaScriptCall(ref BlazorPackReader reader)
    {
        const int ObjectReference = 1;
        var now = Stopwatch.GetTimestamp();
        var call = reader.ReadInt64();
        reader.Skip();
        log.Scan(reader.ReadBytes(), now, wire.Received);
        if (call == 0)
        {
            return null;
        }

        var result = reader.ReadInt64() == ObjectReference ? $$"""{"__jsObjectId":{{++_objects}}}""" : "null";
        return HubMessages.JavaScriptResult(call, result);
    }

    // Result kinds: 1 an error, 2 nothing, 3 a value.
    private byte[]? ReceiveResult(ref BlazorPackReader reader)
    {
        const int Error = 1;
        var id = reader.ReadString();
        if (reader.ReadInt64() == Error)
        {
            Fail($"the hub refused a call: {reader.ReadString()}");
            return null;
        }

        if (id != HubMessages.StartCircuitId)
        {
            return null;
        }

        Circuit = reader.ReadString();
        if (Circuit is null)
        {
            Fail("the hub started no circuit");
            return null;
        }

        return HubMessages.UpdateRootComponents(markers.Components, markers.State);
    }
}
