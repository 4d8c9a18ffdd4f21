using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace BlazorChat.Assistants.Providers;

/// <summary>
/// Repairs the lines of an event stream. OpenAI's strict library throws at unknown values of an enumeration, at escapes that are half of a
/// surrogate pair, and at invalid UTF-8, which would lose the text of the whole event. Everything else passes unchanged. Not
/// thread-safe.
/// </summary>
internal sealed class EventMender
{
    /// <summary>The property that keeps a finish reason that the library does not know. The field that the library reads is then null.</summary>
    public const string FinishReasonProperty = "finish_reason_given";

    /// <summary>The most bytes that wait for the other half of a character; comments may continue forever.</summary>
    private const int MaxHeldBytes = 64 * 1024;

    private const int EscapeLength = 6;

    private static readonly EnumField[] Fields =
    [
        new("choices/finish_reason", ["stop", "length", "content_filter", "tool_calls", "function_call"], null),
        new("choices/delta/role", ["system", "developer", "user", "assistant", "tool", "function"], "assistant"),
        new("choices/delta/tool_calls/type", ["function"], "function"),
        new("response/status", ["in_progress", "completed", "cancelled", "queued", "incomplete", "failed"], "in_progress"),
        new("item/status", ["in_progress", "completed", "incomplete"], "completed"),
        new("response/output/status", ["in_progress", "completed", "incomplete"], "completed"),
    ];

    // An event whose text ends with half a character, and what followed it. The next event may begin with the other half.
    private readonly ArrayBufferWriter<byte> _held = new();
    private readonly List<Edit> _edits = [];
    private readonly List<string> _path = [];
    private string? _heldPath;
    private int _heldAt;

    private static ReadOnlySpan<byte> Unknown => "\\ufffd"u8;

    /// <summary>Whether the first half of a character waits for the second.</summary>
    public bool IsHolding => _heldPath is not null;

    /// <summary>Takes a line.</summary>
    /// <param name="line">The line with the byte that ends it.</param>
    /// <param name="output">Receives what can be passed on.</param>
    public void Take(ReadOnlySpan<byte> line, IBufferWriter<byte> output)
    {
        if (!Utf8.IsValid(line))
        {
            line = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(line));
        }

        if (!line.StartsWith("data:"u8))
        {
            IBufferWriter<byte> target = IsHolding ? _held : output;
            target.Write(line);
            if (_held.WrittenCount > MaxHeldBytes)
            {
                Release(default, output);
            }

            return;
        }

        if (!IsHolding && !IsSuspicious(line))
        {
            output.Write(line);
            return;
        }

        var (joined, tail, path) = Read(line["data:"u8.Length..], "data:"u8.Length);
        Release(joined, output);
        if (path is null)
        {
            Write(line, output);
        }
        else
        {
            _heldAt = Write(line, _held, tail);
            _heldPath = path;
        }
    }

    /// <summary>Passes on what still waits, at the end of the stream.</summary>
    public void End(IBufferWriter<byte> output) => Release(default, output);

    private static bool IsSuspicious(ReadOnlySpan<byte> line)
    {
        if (line.IndexOf("\\ud"u8) >= 0 || line.IndexOf("\\uD"u8) >= 0)
        {
            return true;
        }

        foreach (var field in Fields)
        {
            if (field.IsOddIn(line))
            {
                return true;
            }
        }

        return false;
    }

    private void Release(ReadOnlySpan<byte> otherHalf, IBufferWriter<byte> output)
    {
        if (!IsHolding)
        {
            return;
        }

        var held = _held.WrittenSpan;
        output.Write(held[.._heldAt]);
        output.Write(otherHalf.IsEmpty ? Unknown : held.Slice(_heldAt, EscapeLength));
        output.Write(otherHalf);
        output.Write(held[(_heldAt + EscapeLength)..]);
        _held.ResetWrittenCount();
        _heldPath = null;
    }

    /// <summary>Finds what must be changed in an event.</summary>
    /// <param name="json">The event's data.</param>
    /// <param name="offset">The position of the data in its line.</param>
    /// <returns>The other half of the held character, or empty; where a text ends with half a character; and the path of that text.</returns>
    private (byte[] Joined, int Tail, string? TailPath) Read(ReadOnlySpan<byte> json, int offset)
    {
        _edits.Clear();
        _path.Clear();
        byte[] joined = [];
        var tail = -1;
        string? tailPath = null;
        var reader = new Utf8JsonReader(json);
        var name = "";
        try
        {
            while (reader.Read())
            {
                switch (reader.TokenType)
                {
                    case JsonTokenType.PropertyName:
                        name = Encoding.UTF8.GetString(reader.ValueSpan);
                        break;
                    case JsonTokenType.StartObject or JsonTokenType.StartArray:
                        _path.Add(name);
                        name = "";
                        break;
                    case JsonTokenType.EndObject or JsonTokenType.EndArray:
                        _path.RemoveAt(_path.Count - 1);
                        name = "";
                        break;
                    case JsonTokenType.String:
                        ReadText(reader.ValueSpan, offset + (int)reader.TokenStartIndex + 1, name, ref joined, ref tail, ref tailPath);
                        break;
                }
            }
        }
        catch (JsonException)
        {
            // The end mark, or data that cannot be read.
            _edits.Clear();
            return ([], -1, null);
        }

        return (joined, tail, tailPath);
    }

    private void ReadText(ReadOnlySpan<byte> text, int at, string name, ref byte[] joined, ref int tail, ref string? tailPath)
    {
        var path = Path(name);
        foreach (var field in Fields)
        {
            if (field.Path == path && !field.Knows(text))
            {
                if (field.Replacement is { } word)
                {
                    _edits.Add(new Edit(at, text.Length, Encoding.UTF8.GetBytes(word)));
                    return;
                }

                _edits.Add(new Edit(at - 1, 0, Encoding.UTF8.GetBytes($"null,\"{FinishReasonProperty}\":")));
            }
        }

        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\')
            {
                continue;
            }

            if (text[i + 1] != 'u')
            {
                i++;
                continue;
            }

            var unit = Unit(text[i..]);
            var isPair = char.IsHighSurrogate(unit) && text.Length >= i + (2 * EscapeLength) && char.IsLowSurrogate(Unit(text[(i + EscapeLength)..]));
            if (isPair)
            {
                i += EscapeLength;
            }
            else if (char.IsLowSurrogate(unit) && i == 0 && joined.Length == 0 && path == _heldPath)
            {
                joined = text[..EscapeLength].ToArray();
                _edits.Add(new Edit(at, EscapeLength, []));
            }
            else if (char.IsHighSurrogate(unit) && i + EscapeLength == text.Length && tailPath is null)
            {
                tail = at + i;
                tailPath = path;
            }
            else if (char.IsSurrogate(unit))
            {
                _edits.Add(new Edit(at + i, EscapeLength, Unknown.ToArray()));
            }

            i += EscapeLength - 1;
        }
    }

    /// <summary>The names on the path to a value; array elements have none.</summary>
    private string Path(string name)
    {
        var path = string.Join('/', _path.Where(part => part.Length > 0));
        return path.Length > 0 ? $"{path}/{name}" : name;
    }

    private static char Unit(ReadOnlySpan<byte> escape) =>
        escape is [(byte)'\\', (byte)'u', ..] && ushort.TryParse(escape.Slice(2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit) ? (char)unit : '\0';

    /// <summary>Writes a line with the changes applied.</summary>
    /// <returns>The new position of <paramref name="position"/>.</returns>
    private int Write(ReadOnlySpan<byte> line, IBufferWriter<byte> output, int position = 0)
    {
        var from = 0;
        var moved = position;
        foreach (var edit in _edits)
        {
            output.Write(line[from..edit.At]);
            output.Write(edit.Replacement);
            from = edit.At + edit.Length;
            if (edit.At < position)
            {
                moved += edit.Replacement.Length - edit.Length;
            }
        }

        output.Write(line[from..]);
        return moved;
    }

    private readonly record struct Edit(int At, int Length, byte[] Replacement);

    /// <summary>A field for which the library knows some values and throws at any other.</summary>
    private sealed class EnumField(string path, string[] words, string? replacement)
    {
        private readonly byte[][] _words = [.. words.Select(Encoding.UTF8.GetBytes)];
        private readonly byte[] _name = Encoding.UTF8.GetBytes($"\"{path[(path.LastIndexOf('/') + 1)..]}\"");
        private readonly byte[] _parent = Encoding.UTF8.GetBytes($"\"{path[..path.LastIndexOf('/')].Split('/')[^1]}\"");

        public string Path => path;

        /// <summary>The value that replaces unknown ones; null if the unknown value is kept under another name.</summary>
        public string? Replacement => replacement;

        public bool Knows(ReadOnlySpan<byte> word)
        {
            foreach (var known in _words)
            {
                if (Ascii.EqualsIgnoreCase(word, known))
                {
                    return true;
                }
            }

            return false;
        }

        /// <summary>A quick check, without parsing, whether an event may have an unknown value in this field.</summary>
        public bool IsOddIn(ReadOnlySpan<byte> line)
        {
            var whole = line;
            while (line.IndexOf(_name) is >= 0 and var at)
            {
                var rest = line[(at + _name.Length)..].TrimStart(" \t:"u8);
                if (rest is [(byte)'"', ..] && rest[1..].IndexOf((byte)'"') is >= 0 and var end && !Knows(rest.Slice(1, end)))
                {
                    // Names like "type" are in many places: check that the field's parent is there.
                    return whole.IndexOf(_parent) >= 0;
                }

                line = rest;
            }

            return false;
        }
    }
}
