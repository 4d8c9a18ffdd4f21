using BlazorChat;
using BlazorChat.Storage;
using Microsoft.Extensions.Options;

try
{
    var app = await BlazorChatApp.CreateAsync(args).ConfigureAwait(false);
    await app.RunAsync().ConfigureAwait(false);
    return 0;
}
catch (Exception e) when (e is StartException or OptionsValidationException)
{
    // Written for whoever operates it; where in the code it was found does not help them.
    await Console.Error.WriteLineAsync(e.Message).ConfigureAwait(false);
    return 1;
}
