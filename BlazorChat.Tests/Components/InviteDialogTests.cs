using BlazorChat.Access;
using BlazorChat.Messages;
using BlazorChat.Tests.Support;
using Bunit;

namespace BlazorChat.Tests.Components;

/// <summary>The dialog with the invite links of a room.</summary>
[Trait(nameof(Kind), Kind.Component)]
public sealed class InviteDialogTests
{
    [Theory]
    [InlineData(Standing.Administrator, "Invitation", true)]
    [InlineData(Standing.Registered, "Invitation", false)]
    [InlineData(Standing.Administrator, "Closed", false)]
    [InlineData(Standing.Administrator, "Open", false)]
    public async Task Administrators_choose_whether_a_link_makes_accounts_where_that_needs_an_invitation(Standing standing, string registration, bool isOffered)
    {
        await using var host = await PageHost.StartAsync($"--Accounts:Registration={registration}");
        var olga = new Person(Guid.NewGuid(), "Olga");
        await host.Chat.AddPersonAsync(olga, standing);
        var room = (await host.Chat.Rooms.CreateAsync(olga, "Plans", default, RoomVisibility.Private)).Value;
        var page = host.Open(room, olga);
        await page.Find("button[aria-label='Room details']").ClickAsync(new());
        await page.ClickAsync(".people-buttons button", "Invite people");
        page.Until(() => Assert.NotNull(page.Find(".invite-by-link")));
        Assert.Equal(isOffered ? 1 : 0, page.FindAll(".invite-accounts input").Count);
        foreach (var isChosen in isOffered ? new[] { false, true } : [false])
        {
            if (isChosen)
            {
                page.Find(".invite-accounts input").Change(true);
                Assert.Contains("with the account that they have or create", page.Find(".invite-by-link .hint").TextContent, StringComparison.Ordinal);
            }

            await page.Find(".invite-by-link").SubmitAsync();
            page.Until(() => Assert.NotNull(page.Find("#invite-link")));
            Assert.Equal(isChosen, (await host.Chat.Rooms.ListInvitesAsync(olga, room.Id, default)).Value[0].Invite.MakesAccounts);
        }

        page.Until(() => Assert.Equal(isOffered ? 1 : 0, page.FindAll(".invites li").Count(l => l.TextContent.Contains("creates accounts", StringComparison.Ordinal))));
    }
}
