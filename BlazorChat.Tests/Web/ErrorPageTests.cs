using System.Net;
using BlazorChat.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace BlazorChat.Tests.Web;

/// <summary>What people see of a page that cannot be made.</summary>
[Trait(nameof(Kind), Kind.Unit)]
public sealed class ErrorPageTests
{
    [Theory]
    [InlineData("Production")]
    [InlineData("Development")]
    public async Task A_page_that_fails_is_the_error_page_and_says_nothing_of_the_code(string environment)
    {
        await using var data = await TestData.CreateMigratedAsync(TestDatabase.Sqlite);
        await using var app = await BlazorChatApp.CreateAsync([$"--environment={environment}", $"--DataFolder={data.Folder}"], builder =>
        {
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder.Logging.ClearProviders();
        });
        Assert.Equal(environment, app.Environment.EnvironmentName);
        app.MapGet("/broken", string () => throw new InvalidOperationException("A word of the code.")).AllowAnonymous();
        await app.StartAsync();
        using var browser = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        browser.DefaultRequestHeaders.Add("Accept", "text/html");

        using var page = await browser.GetAsync(new Uri("/broken", UriKind.Relative));
        var html = await page.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.InternalServerError, page.StatusCode);
        Assert.Contains("Something went wrong", html, StringComparison.Ordinal);
        Assert.DoesNotContain("A word of the code", html, StringComparison.Ordinal);
        Assert.DoesNotContain(nameof(InvalidOperationException), html, StringComparison.Ordinal);
        Assert.Contains("default-src 'self'", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        await app.StopAsync();
    }
}
