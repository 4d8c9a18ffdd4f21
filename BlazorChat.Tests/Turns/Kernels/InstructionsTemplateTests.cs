using BlazorChat.Messages;
using BlazorChat.Tests.Assistants.Providers;
using BlazorChat.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.SemanticKernel;

namespace BlazorChat.Tests.Turns.Kernels;

/// <summary>Instructions of an assistant that are a template, by a setting.</summary>
[Trait(nameof(Kind), Kind.Host)]
public sealed class InstructionsTemplateTests
{
    private const string Instructions = "--Assistants:Items:0:Instructions=";
    private const string Template = "--Assistants:Items:0:InstructionsFormat=Template";

    [Fact]
    public async Task They_are_filled_in_for_each_step_and_a_rooms_name_and_instructions_stay_what_they_are()
    {
        await using var room = await ModelRoom.StartAsync(
            ModelWire.OpenAI, settings: [$"{Instructions}I am {{{{$assistant}}}} in {{{{$room}}}}. {{{{shop.hours}}}}", Template], configure: Register);
        await room.Host.Rooms.ChangeAsync(ChatHost.Ada, room.Room.Id, "R&D {{shop.secret}}", "Room says {{shop.secret}} {{$assistant}}.", null, default);
        room.Stub.EnqueueStream(room.Wire.Begin, room.Wire.Text("Hi."), room.Wire.End);
        await room.AnswerAsync("And {{shop.secret}}?");
        var sent = room.Stub.Requests[0].Json.GetProperty("messages");
        var system = sent[0].GetProperty("content").ToString();
        Assert.Contains("I am Model in R&D {{shop.secret}}. Open until six.", system, StringComparison.Ordinal);
        Assert.Contains("Room says {{shop.secret}} {{$assistant}}.", system, StringComparison.Ordinal);
        Assert.DoesNotContain("42", room.Stub.Requests[0].Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_setting_they_are_text()
    {
        await using var room = await ModelRoom.StartAsync(ModelWire.OpenAI, settings: [$"{Instructions}I am {{{{$assistant}}}} {{{{#if}}}}."]);
        room.Stub.EnqueueStream(room.Wire.Begin, room.Wire.Text("Hi."), room.Wire.End);
        await room.AnswerAsync();
        Assert.Contains("I am {{$assistant}} {{#if}}.", room.Stub.Requests[0].Json.GetProperty("messages")[0].GetProperty("content").ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{{#if}}")]
    [InlineData("You are in {{$where}}.")]
    [InlineData("{{shop.nothing}}")]
    [InlineData("{{nothing}}")]
    public async Task A_bad_one_stops_the_start_with_its_key(string template)
    {
        var e = await Assert.ThrowsAsync<OptionsValidationException>(() => ChatHost.StartConfiguredAsync([$"{Instructions}{template}", Template], Register));
        Assert.Contains("Assistants:Items:0:Instructions cannot be used as a template", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_runs_at_the_start_and_what_fails_later_is_a_sentence()
    {
        await using var room = await ModelRoom.StartAsync(ModelWire.OpenAI, settings: [$"{Instructions}{{{{shop.broken}}}}", Template], configure: Register);
        var response = await room.AnswerAsync();
        Assert.Equal("This server could not prepare the instructions of Model.", Assert.IsType<MessageStatus.Failed>(response.Status).Reason);
        Assert.Empty(room.Stub.Requests);
    }

    private static void Register(WebApplicationBuilder builder) => builder.Services.AddKernel().Plugins.AddFromType<Shop>("shop");

    private sealed class Shop
    {
        [KernelFunction("hours")]
        public static string Hours() => "Open until six.";

        [KernelFunction("secret")]
        public static string Secret() => "42";

        [KernelFunction("broken")]
        public static string Broken() => throw new InvalidOperationException("Broken.");
    }
}
