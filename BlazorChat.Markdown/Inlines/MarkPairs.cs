using Markdig.Syntax.Inlines;

namespace BlazorChat.Markdown;

/// <summary>
/// Finds the counterparts of marks among the inlines of one parent, by CommonMark's rules. The result is always nested properly. Markdig's
/// own parser nests each mark into the one before until the block ends, so that its time grows with the square of their number; this one's
/// grows with their number.
/// </summary>
internal static class MarkPairs
{
    /// <summary>Pairs the marks among the inlines, once.</summary>
    public static void Resolve(List<Inline> inlines)
    {
        List<MarkInline>? marks = null;
        foreach (var inline in inlines)
        {
            if (inline is MarkInline { IsPaired: false } mark)
            {
                mark.IsPaired = true;
                mark.Left = mark.Element is null ? mark.Source.Length : 1;
                (marks ??= []).Add(mark);
            }
        }

        if (marks is { Count: > 1 })
        {
            new Pairing(marks).Run();
        }
    }

    private sealed class Pairing
    {
        private readonly List<MarkInline> _marks;

        // The marks before and after each one that are still without counterpart.
        private readonly int[] _previous;
        private readonly int[] _next;

        // For each kind of closing mark: no opening mark at or before this place can be its counterpart.
        private readonly Dictionary<(char, string?, int, bool), int> _bottoms = [];

        public Pairing(List<MarkInline> marks)
        {
            _marks = marks;
            _previous = new int[marks.Count];
            _next = new int[marks.Count];
            for (var i = 0; i < marks.Count; i++)
            {
                (_previous[i], _next[i]) = (i - 1, i + 1);
            }
        }

        public void Run()
        {
            for (var at = 0; at < _marks.Count;)
            {
                var closer = _marks[at];
                if (!closer.Closes || closer.Left < LeastOf(closer))
                {
                    at = _next[at];
                    continue;
                }

                var kind = (closer.Mark, closer.Element, closer.Left % 3, closer.Opens);
                var opener = Find(at, _bottoms.GetValueOrDefault(kind, -1));
                if (opener < 0)
                {
                    _bottoms[kind] = _previous[at];
                    var next = _next[at];
                    if (!closer.Opens)
                    {
                        Remove(at);
                    }

                    at = next;
                    continue;
                }

                at = Match(opener, at);
            }
        }

        private static int LeastOf(MarkInline mark) => mark.Mark == '~' ? 2 : 1;

        private int Find(int closer, int bottom)
        {
            for (var i = _previous[closer]; i > bottom; i = _previous[i])
            {
                if (AreCounterparts(_marks[i], _marks[closer]))
                {
                    return i;
                }
            }

            return -1;
        }

        private static bool AreCounterparts(MarkInline opener, MarkInline closer)
        {
            if (!opener.Opens || opener.Mark != closer.Mark || opener.Element != closer.Element || opener.Left < LeastOf(opener))
            {
                return false;
            }

            // The rule of three: in '*a**b*', the two marks in the middle close nothing.
            var isOdd = opener.Element is null && (closer.Opens || opener.Closes) && (opener.Source.Length + closer.Source.Length) % 3 == 0
                && (opener.Source.Length % 3 != 0 || closer.Source.Length % 3 != 0);
            return !isOdd;
        }

        // Makes an element of the two, and returns where to go on.
        private int Match(int openerAt, int closerAt)
        {
            var (opener, closer) = (_marks[openerAt], _marks[closerAt]);
            var count = opener.Element is not null ? 1 : opener.Left >= 2 && closer.Left >= 2 ? 2 : 1;
            MarkInline.Pair(opener, closer, opener.Element ?? (opener.Mark == '~' ? "del" : count == 2 ? "strong" : "em"));
            opener.Left -= count;
            closer.Left -= count;

            // What lies between is without counterpart, or elements would cross.
            (_next[openerAt], _previous[closerAt]) = (closerAt, openerAt);
            if (opener.Left == 0)
            {
                Remove(openerAt);
            }

            if (closer.Left > 0)
            {
                return closerAt;
            }

            var next = _next[closerAt];
            Remove(closerAt);
            return next;
        }

        private void Remove(int at)
        {
            var (previous, next) = (_previous[at], _next[at]);
            if (previous >= 0)
            {
                _next[previous] = next;
            }

            if (next < _marks.Count)
            {
                _previous[next] = previous;
            }
        }
    }
}
