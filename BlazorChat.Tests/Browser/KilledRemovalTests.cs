using System.Net;
using BlazorChat.Access;
using BlazorChat.Rooms;
using BlazorChat.Storage;
using BlazorChat.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace BlazorChat.Tests.Browser;

/// <summary>The real process is killed while it removes what was cleared or deleted: nothing comes back, and the next start goes on.</summary>
[Collection(KillTests.Name)]
[Trait(nameof(Kind), Kind.Browser)]
public sealed class KilledRemovalTests(Chromium chromium) : IAsyncLifetime
{
    private static readonly int Messages = Soak.Times(10_200, 200_000);

    private static readonly int Kills = Soak.Times(1, 20);

    private readonly AppFixture _app = new(chromium);
    private TestData _data = null!;
    private Guid _cleared;
    private Guid _deleted;
    private BrowserVisitor _ada = null!;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _app.DisposeAsync();
        await _data.DisposeAsync();
    }

    [Theory]
    [EveryDatabase]
    public async Task A_room_that_was_cleared_stays_empty_and_one_that_was_deleted_stays_gone(TestDatabase database)
    {
        await InLargeRoomAsync(database);
        await _ada.ChooseAsync("Clear…");
        await KillTimeAndAgainAsync(_cleared, () => ConfirmAsync("Clear room"), async () =>
        {
            await _ada.ReadyAsync();
            await Expect(_ada.Articles).ToHaveCountAsync(0);
        });

        await _ada.SendAsync("A new beginning");
        await Expect(_ada.ArticleBy("Ada").Locator(".blocks")).ToHaveTextAsync(["A new beginning"]);
        await UntilAsync(async db => await db.Messages.CountAsync(m => m.RoomId == _cleared) == 1);
        await _ada.Page.ReloadAsync();
        await _ada.ReadyAsync();
        await Expect(_ada.Articles).ToHaveCountAsync(1);
        await using (var db = _data.Open())
        {
            Assert.Equal((1, Messages + 1L), await db.Rooms.Where(r => r.Id == _cleared).Select(r => new ValueTuple<int, long>(r.MessageCount, r.LastSequence)).SingleAsync());
            // Whoever sent one of the last messages and got no acknowledgment must not bring it back. A start may have forgotten the first of them.
            Assert.InRange(await db.RemovedMessages.CountAsync(m => m.RoomId == _cleared), RoomLimits.RemovedIds - 1, RoomLimits.RemovedIds);
        }

        await _ada.OpenAsync($"/rooms/{_deleted:N}");
        await Expect(_ada.Articles.First).ToBeVisibleAsync();
        await _ada.ChooseAsync("Delete…");
        await KillTimeAndAgainAsync(_deleted, () => ConfirmAsync("Delete room"), async () =>
        {
            // The page may have been killed before it left the room.
            await _ada.OpenAsync($"/rooms/{_cleared:N}");
            await _ada.ReadyAsync();
            await Expect(_ada.RoomList).ToContainTextAsync("Cleared");
            await Expect(_ada.RoomList).Not.ToContainTextAsync("Deleted");
            Assert.Equal((int)HttpStatusCode.NotFound, (await _ada.Context.APIRequest.GetAsync(new Uri(_app.Address, $"rooms/{_deleted:N}").ToString())).Status);
        });

        await UntilAsync(async db => !await db.Rooms.AnyAsync(r => r.Id == _deleted));
        await using var after = _data.Open();
        Assert.Equal((0, 0), (await after.Messages.CountAsync(m => m.RoomId == _deleted), await after.RemovedMessages.CountAsync(m => m.RoomId == _deleted)));
    }

    private async Task InLargeRoomAsync(TestDatabase database)
    {
        _app.Data = _data = await TestData.CreateMigratedAsync(database);
        // Only the owner of a room clears and deletes it, and the server knows who Ada is when she has been there.
        await _app.StartAsync(("Rooms__KeepRemovedFor", "00:00:00"));
        _ada = await _app.JoinAsync("Ada");
        await _ada.CreateRoomAsync("Hers");
        await _app.App.StopAsync();
        await using (var db = _data.Open())
        {
            var hers = await db.Members.SingleAsync();
            _cleared = await LargeRoom.AddRoomAsync(db, "Cleared");
            _deleted = await LargeRoom.AddRoomAsync(db, "Deleted");
            db.Members.AddRange(new[] { _cleared, _deleted }.Select(room => new MemberRow { RoomId = room, PersonId = hers.PersonId, Role = RoomRole.Owner, Since = hers.Since }));
            await db.Rooms.Where(r => r.Id == hers.RoomId).ExecuteDeleteAsync();
            await db.SaveChangesAsync();
        }

        foreach (var room in new[] { _cleared, _deleted })
        {
            await LargeRoom.FillAsync(_data.Open, room, Messages, ChatHost.Grace, TimeProvider.System.GetUtcNow());
        }

        await _app.StartAsync(("Rooms__KeepRemovedFor", "00:00:00"));
        await _ada.OpenAsync($"/rooms/{_cleared:N}");
        await Expect(_ada.Articles.First).ToBeVisibleAsync();
    }

    private Task ConfirmAsync(string button) => _ada.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = button }).ClickAsync();

    /// <summary>Kills it in the middle, as often as there is a middle, and starts it again each time.</summary>
    /// <param name="room">What is removed.</param>
    /// <param name="begin">Has it removed. Nobody waits for what the page shows then: on a busy machine, the rows would be gone by that time.</param>
    /// <param name="look">What is true after each start.</param>
    private async Task KillTimeAndAgainAsync(Guid room, Func<Task> begin, Func<Task> look)
    {
        var before = Messages;
        for (var kill = 1; kill <= Kills; kill++)
        {
            await _ada.Page.EvaluateAsync("window.isOld = true");
            var begun = kill == 1 ? begin() : Task.CompletedTask;
            await UntilAsync(async db => await db.Messages.CountAsync(m => m.RoomId == room) < before);
            await _app.App.KillAsync();
            await begun;
            var left = await LeftAsync(room);
            Assert.InRange(left, kill == 1 ? 1 : 0, before - 1);
            before = left;
            await _app.StartAsync(("Rooms__KeepRemovedFor", "00:00:00"));
            // What the page showed before it was loaded again says nothing.
            await _ada.Page.WaitForFunctionAsync("() => !window.isOld && document.readyState === 'complete'");
            await look();
            if (left < 2)
            {
                return;
            }
        }
    }

    // Of the process that was killed. Whoever opens its database would bring in its log.
    private async Task<int> LeftAsync(Guid room)
    {
        await using var copy = _data.Kind == TestDatabase.Sqlite ? await _data.CopyAsync() : null;
        await using var db = (copy ?? _data).Open();
        return await db.Messages.CountAsync(m => m.RoomId == room);
    }

    private async Task UntilAsync(Func<ChatDbContext, Task<bool>> condition)
    {
        using var patience = new CancellationTokenSource(Guard.Patience * 2);
        await using var db = _data.Open();
        while (!await condition(db))
        {
            await Task.Delay(20, patience.Token);
        }
    }
}
