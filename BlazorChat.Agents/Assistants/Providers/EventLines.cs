using System.Buffers;
using System.Text.Json;
using BlazorChat.Assistants.Resilience;

namespace BlazorChat.Assistants.Providers;

/// <summary>
/// Passes the lines of a stream to an <see cref="EventMender"/>, with each event's data in one line. The standard joins the data lines of
/// an event with line breaks, which in JSON are equivalent to spaces. Data that is not JSON when joined passes line by line. Not
/// thread-safe.
/// </summary>
internal sealed class EventLines
{
    private readonly EventMender _mender = new();

    // The lines since an event's first data line, as they came. Only the end of the event shows whether there is more data; no reader could
    // use the event before that.
    private readonly ArrayBufferWriter<byte> _event = new();
    private int _dataLines;
    private bool _isAfterReturn;

    private static ReadOnlySpan<byte> Data => "data:"u8;

    /// <summary>Whether something waits for further input.</summary>
    public bool IsHolding => _dataLines > 0 || _mender.IsHolding;

    /// <summary>Takes a line.</summary>
    /// <param name="line">The line with the byte that ends it; of "\r\n", the second byte is a line too.</param>
    /// <param name="output">Receives what can be passed on.</param>
    /// <exception cref="ChatFailureException">The event is too long.</exception>
    public void Take(ReadOnlySpan<byte> line, IBufferWriter<byte> output)
    {
        var isRest = _isAfterReturn && line is [(byte)'\n'];
        _isAfterReturn = line is [.., (byte)'\r'];
        var isData = line.StartsWith(Data);
        if (isData || (_dataLines > 0 && (isRest || line is not ([(byte)'\n'] or [(byte)'\r']))))
        {
            _event.Write(line);
            _dataLines += isData ? 1 : 0;
            if (_event.WrittenCount > MendedStream.MaxLineBytes)
            {
                throw ChatFailures.TooLong(MendedStream.MaxLineBytes);
            }

            return;
        }

        Release(output);
        _mender.Take(line, output);
    }

    /// <summary>Passes on what still waits, at the end of the stream.</summary>
    public void End(IBufferWriter<byte> output)
    {
        Release(output);
        _mender.End(output);
    }

    private void Release(IBufferWriter<byte> output)
    {
        var joined = _dataLines > 1 ? Join(_event.WrittenSpan) : [];
        var rest = _event.WrittenSpan;
        while (!rest.IsEmpty)
        {
            var line = First(rest);
            if (joined.Length == 0 || !line.StartsWith(Data))
            {
                _mender.Take(line, output);
            }

            rest = rest[line.Length..];
        }

        if (joined.Length > 0)
        {
            _mender.Take(joined, output);
        }

        _event.ResetWrittenCount();
        _dataLines = 0;
    }

    /// <summary>An event's data in one line, or nothing if it is not JSON.</summary>
    private static byte[] Join(ReadOnlySpan<byte> lines)
    {
        // Never longer than the lines: "data:" is dropped from all but the first.
        var joined = new ArrayBufferWriter<byte>(lines.Length + 1);
        joined.Write(Data);
        while (!lines.IsEmpty)
        {
            var line = First(lines);
            if (line.StartsWith(Data))
            {
                joined.Write(line[Data.Length..].TrimEnd("\r\n"u8));
                joined.Write("\n"u8);
            }

            lines = lines[line.Length..];
        }

        if (!IsJson(joined.WrittenSpan[Data.Length..]))
        {
            return [];
        }

        // No break is inside a string, because that would not have been JSON.
        var whole = joined.WrittenSpan.ToArray();
        whole.AsSpan(0, whole.Length - 1).Replace((byte)'\n', (byte)' ');
        return whole;
    }

    /// <summary>The first of several lines, including its line break.</summary>
    private static ReadOnlySpan<byte> First(ReadOnlySpan<byte> lines)
    {
        var end = lines.IndexOfAny((byte)'\n', (byte)'\r');
        return end < 0 ? lines
            : lines[end..] is [(byte)'\r', (byte)'\n', ..] ? lines[..(end + 2)]
            : lines[..(end + 1)];
    }

    private static bool IsJson(ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text);
        try
        {
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
