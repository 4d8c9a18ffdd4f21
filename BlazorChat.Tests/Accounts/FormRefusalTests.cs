using System.Net;
using BlazorChat.Accounts;
using BlazorChat.Rooms;
using BlazorChat.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace BlazorChat.Tests.Accounts;

/// <summary>Whoever has to wait is told so in the status and the header as well, whichever form they sent.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class FormRefusalTests
{
    [Fact]
    public async Task Whoever_gives_wrong_passwords_of_their_own_has_to_wait_at_each_form_that_asks_for_it()
    {
        await using var host = await AccountHost.StartAsync();
        var olga = await host.AdministratorAsync();
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await olga.SendAsync("/account", "passkey-begin", ("Password", "wrong password"))).Status);
        }

        foreach (var (page, form, password) in new[]
        {
            ("/account", "passkey-begin", "Password"), ("/account", "change-password", "CurrentPassword"), ("/account", "change-address", "AddressPassword"), ("/account/leave", "leave", "Password"),
        })
        {
            AssertWait(await olga.SendAsync(page, form, (password, AccountHost.Password), ("NewPassword", "another good password")), "Too many attempts failed. Please try again in ");
            host.Time.Advance(TimeSpan.FromMinutes(15));
            await olga.SendAsync("/account", "passkey-begin", ("Password", "wrong password"));
        }

        // The mails to any address are counted apart.
        host.Time.Advance(TimeSpan.FromHours(1));
        (HttpStatusCode Status, string Text, HttpResponseMessage Response) answer;
        do
        {
            answer = await olga.SendAsync("/account", "change-address", ("AddressPassword", AccountHost.Password), ("Email", "olga@example.com"));
        }
        while (answer.Status == HttpStatusCode.OK);
        AssertWait(answer, "Too many attempts failed. Please try again in a second.");
    }

    [Fact]
    public async Task While_too_many_passwords_are_compared_others_are_asked_to_come_back_soon()
    {
        await using var host = await AccountHost.StartAsync(settings: ["--Accounts:Registration=Open"]);
        var olga = await host.AdministratorAsync();
        var gate = host.Chat.App.Services.GetRequiredService<PasswordGate>();
        var free = new TaskCompletionSource();
        var held = Enumerable.Range(0, PasswordGate.Places).Select(_ => gate.RunAsync<int>(
            async () =>
            {
                await free.Task;
                return 1;
            },
            default)).ToList();
        foreach (var send in new Func<Task<(HttpStatusCode Status, string Text, HttpResponseMessage Response)>>[]
        {
            () => host.Browser().SignInAsync("Olga", AccountHost.Password),
            () => host.Browser().SendAsync("/account/create", "create-account", ("Name", "Grace"), ("Password", AccountHost.Password)),
            () => olga.SendAsync("/account", "change-password", ("CurrentPassword", AccountHost.Password), ("NewPassword", "another good password")),
        })
        {
            var answer = send();
            await host.Time.WaitForTimerAsync(due => due == PasswordGate.Longest);
            // Everything else goes on.
            Assert.True(await AccountHost.IsInAsync(olga));
            host.Time.Advance(PasswordGate.Longest);
            AssertWait(await answer, "Too many people are signing in right now.");
        }

        free.SetResult();
        await Task.WhenAll(held);
        Assert.Equal(HttpStatusCode.Redirect, (await host.Browser().SignInAsync("Olga", AccountHost.Password)).Status);
    }

    [Fact]
    public async Task A_refusal_that_time_alone_does_not_end_has_no_such_header()
    {
        await using var host = await AccountHost.StartAsync();
        var answer = await (await host.AdministratorAsync()).SendAsync("/account", "change-password", ("CurrentPassword", "wrong password"), ("NewPassword", "another good password"));
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Null(answer.Response.Headers.RetryAfter);
        Assert.Null(RoomErrors.NoSuchPerson.RetryAfter);
    }

    private static void AssertWait((HttpStatusCode Status, string Text, HttpResponseMessage Response) answer, string sentence)
    {
        Assert.Equal(HttpStatusCode.TooManyRequests, answer.Status);
        Assert.Contains(sentence, answer.Text, StringComparison.Ordinal);
        Assert.NotNull(answer.Response.Headers.RetryAfter);
    }
}
