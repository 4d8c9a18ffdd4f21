using BlazorChat;
using BlazorChat.Storage;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

try
{
    if (args is [MoveCommand.Name, .. var move])
    {
        using var stopping = new CancellationTokenSource();
        Console.CancelKeyPress += (_, key) =>
        {
            key.Cancel = true;
            stopping.Cancel();
        };
        try
        {
            return await MoveCommand.RunAsync(move, Console.Out, stopping.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("Given up. The target has nothing of it, and the source is as it was.").ConfigureAwait(false);
            return 1;
        }
    }

    var app = await BlazorChatApp.CreateAsync(args).ConfigureAwait(false);
    await app.RunAsync().ConfigureAwait(false);
    return 0;
}
catch (IOException e) when (e.InnerException is AddressInUseException)
{
    await Console.Error.WriteLineAsync($"{e.Message.TrimEnd('.')}. Another address: the setting urls, or ASPNETCORE_URLS in the environment.").ConfigureAwait(false);
    return 1;
}
catch (Exception e) when (e is StartException or OptionsValidationException)
{
    // Written for whoever operates it; where in the code it was found does not help them.
    await Console.Error.WriteLineAsync(e.Message).ConfigureAwait(false);
    return 1;
}
