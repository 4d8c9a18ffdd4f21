using BlazorChat.Live;
using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.Live;

[Trait(nameof(Kind), Kind.Unit)]
public sealed class FrameThrottleTests : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    // When a timer of zero is due on a clock that fires none on the thread that sets it.
    private static readonly TimeSpan AtOnce = TimeSpan.FromTicks(1);

    private readonly FakeTimeProvider _time = new();
    private readonly FrameThrottle _throttle;
    private Action _duringFrame = () => { };
    private int _frames;

    public FrameThrottleTests() => _throttle = new FrameThrottle(_time, () => Interval, () =>
    {
        _frames++;
        _duringFrame();
    });

    public void Dispose() => _throttle.Dispose();

    [Fact]
    public void The_first_change_is_a_frame_at_once_and_not_on_the_callers_thread_of_work()
    {
        _throttle.Changed();
        Assert.Equal(0, _frames);
        _time.Advance(AtOnce);
        Assert.Equal(1, _frames);
    }

    [Fact]
    public void Any_number_of_changes_within_an_interval_is_one_more_frame()
    {
        First();
        for (var i = 0; i < 1_000; i++)
        {
            _throttle.Changed();
        }

        _time.Advance(Interval - TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, _frames);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(2, _frames);
        _time.Advance(Interval * 10);
        Assert.Equal(2, _frames);
    }

    [Fact]
    public void A_change_during_a_frame_is_not_lost()
    {
        var again = 3;
        _duringFrame = () =>
        {
            if (again-- > 0)
            {
                _throttle.Changed();
            }
        };
        First();
        _time.Advance(Interval);
        _time.Advance(Interval);
        _time.Advance(Interval);
        _time.Advance(Interval);
        Assert.Equal(4, _frames);
    }

    [Fact]
    public void After_a_rest_the_next_change_is_a_frame_at_once()
    {
        First();
        _time.Advance(Interval * 5);
        _throttle.Changed();
        _time.Advance(AtOnce);
        Assert.Equal(2, _frames);
    }

    [Fact]
    public void No_frame_begins_after_the_end()
    {
        _throttle.Changed();
        _throttle.Dispose();
        _time.Advance(Interval * 2);
        Assert.Equal(0, _frames);
    }

    [Theory]
    [InlineData(1, 0, 60)]
    [InlineData(1, 60, 60)]
    [InlineData(1, 100, 100)]
    [InlineData(1, 170, 170)]
    [InlineData(1, 200, 180)]
    [InlineData(1, 500, 180)]
    [InlineData(1, 950, 190)]
    [InlineData(1, 5_000, 200)]
    [InlineData(2, 200, 100)]
    [InlineData(8, 400, 60)]
    public void The_more_viewers_share_a_core_the_rarer_are_frames(int cores, int viewers, int milliseconds)
    {
        var interval = new FrameInterval(cores);
        interval.Add(viewers);
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), interval.Interval);
    }

    [Fact]
    public void The_interval_follows_the_viewers_within_its_bounds()
    {
        var interval = new FrameInterval();
        Assert.Equal(FrameInterval.Fastest, interval.Interval);
        interval.Add(100_000);
        Assert.Equal(FrameInterval.Slowest, interval.Interval);
        interval.Add(-100_000);
        Assert.Equal(FrameInterval.Fastest, interval.Interval);
    }

    private void First()
    {
        _throttle.Changed();
        _time.Advance(AtOnce);
        Assert.Equal(1, _frames);
    }
}
