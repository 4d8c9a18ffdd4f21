using System.Text;
using BlazorChat.Assistants.Providers;
using BlazorChat.Tests.Support;

namespace BlazorChat.Tests.Assistants.Providers;

[Trait(nameof(Kind), Kind.Unit)]
public sealed class ProviderMessageTests
{
    [Theory]
    [InlineData("Incorrect API key provided: sk-proj-abc***xyz. Try again.", "abc")]
    [InlineData("key AIza-SyA1234 is wrong", "SyA1234")]
    [InlineData("Authorization: Bearer abcdef", "abcdef")]
    [InlineData("see https://user:pass@host.example/path?key=1", "host")]
    [InlineData("token 0123456789abcdef0123456789abcdef is wrong", "0123456789abcdef")]
    [InlineData("request req_011CSHoEeqs5C35K2UUqR7Fy failed", "011CSH")]
    public void What_looks_like_a_secret_is_left_out(string message, string secret) =>
        Assert.DoesNotContain(secret, ProviderMessage.Sanitize(message), StringComparison.Ordinal);

    [Theory]
    [InlineData("The model `gpt-4.1-mini` does not exist", "The model `gpt-4.1-mini` does not exist")]
    [InlineData("line one\r\n\tline two\u202E", "line one line two")]
    [InlineData(null, "")]
    [InlineData(" \n ", "")]
    public void Plain_words_stay_on_one_line(string? message, string expected) =>
        Assert.Equal(expected, ProviderMessage.Sanitize(message));

    [Fact]
    public void Long_messages_are_cut_between_characters()
    {
        var cut = ProviderMessage.Sanitize(string.Concat(Enumerable.Repeat("\U0001F980 ", 1000)));
        Assert.True(cut.Length <= ProviderMessage.MaxLength + 1);
        Assert.EndsWith("…", cut, StringComparison.Ordinal);
        Assert.DoesNotContain('\uFFFD', cut);
    }

    [Theory]
    [InlineData("""{"error":{"message":"m","code":"c","type":"t"}}""", "c", "m")]
    [InlineData("""{"error":{"message":"m","code":null,"type":"t"}}""", "t", "m")]
    [InlineData("""{"error":{"message":"m","code":503}}""", "503", "m")]
    [InlineData("""{"type":"error","error":{"type":"t","message":"m"}}""", "t", "m")]
    [InlineData("""{"error":"m"}""", null, "m")]
    [InlineData("""{"message":"m"}""", null, "m")]
    [InlineData("""{"detail":"m"}""", null, "m")]
    [InlineData("""{"error":{"message":"Slow down \ud83d","code":"\udc00c"}}""", "\uFFFDc", "Slow down \uFFFD")]
    [InlineData("""{"error":"half \ud83d"}""", null, "half \uFFFD")]
    [InlineData("""{"\ud83d":1,"error":{"\ud83d":2,"message":"m"}}""", null, "m")]
    [InlineData("""[1]""", null, "")]
    [InlineData("""<html>""", null, "")]
    [InlineData("", null, "")]
    public void Every_form_of_an_error_body_is_understood(string body, string? code, string message) =>
        Assert.Equal((code, message), ProviderMessage.Parse(Encoding.UTF8.GetBytes(body)));

    [Fact]
    public void Bytes_that_are_no_text_cost_one_character() =>
        Assert.Equal((null, "Zu viele \uFFFD"), ProviderMessage.Parse((byte[])[.. "{\"error\":{\"message\":\"Zu viele "u8, 0xE4, .. "\"}}"u8]));
}
