namespace BlazorChat.Assistants.Providers.Streams;

/// <summary>Finds the end of a JSON object or array whose bytes arrive in pieces, without parsing it.</summary>
internal struct JsonBrackets
{
    private int _depth;
    private bool _inString;
    private bool _isEscaped;

    /// <summary>Reads a piece.</summary>
    /// <param name="piece">The next bytes.</param>
    /// <returns>The number of bytes up to the end of the value, after which this begins anew; -1 if it goes on.</returns>
    public int Read(ReadOnlySpan<byte> piece)
    {
        for (var i = 0; i < piece.Length; i++)
        {
            if (_inString)
            {
                var skip = _isEscaped ? 0 : piece[i..].IndexOfAny((byte)'"', (byte)'\\');
                if (skip < 0)
                {
                    break;
                }

                i += skip;
                if (_isEscaped)
                {
                    _isEscaped = false;
                }
                else if (piece[i] == '\\')
                {
                    _isEscaped = true;
                }
                else
                {
                    _inString = false;
                }

                continue;
            }

            switch (piece[i])
            {
                case (byte)'"':
                    _inString = true;
                    break;
                case (byte)'{' or (byte)'[':
                    _depth++;
                    break;
                case (byte)'}' or (byte)']' when --_depth <= 0:
                    this = default;
                    return i + 1;
            }
        }

        return -1;
    }
}
