using System.Runtime.InteropServices;
using BlazorChat;
using BlazorChat.Storage;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

try
{
    if (args is [MoveCommand.Name or AdminCommand.Name or BackupCommand.Backup or BackupCommand.Restore, .. var rest])
    {
        using var stopping = new CancellationTokenSource();
        Console.CancelKeyPress += (_, key) =>
        {
            key.Cancel = true;
            stopping.Cancel();
        };
        // As a service manager and a container end it: what was begun is removed.
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal =>
        {
            signal.Cancel = true;
            stopping.Cancel();
        });
        try
        {
            return args[0] == MoveCommand.Name
                ? await MoveCommand.RunAsync(rest, Console.Out, stopping.Token).ConfigureAwait(false)
                : args[0] == AdminCommand.Name
                ? await AdminCommand.RunAsync(rest, Console.Out, stopping.Token).ConfigureAwait(false)
                : await BackupCommand.RunAsync(args[0], rest, Console.Out, stopping.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync(args[0] == MoveCommand.Name ? "Canceled. Nothing was added to the target, and the source is unchanged." : "Canceled. Nothing was changed.").ConfigureAwait(false);
            return 1;
        }
    }

    var app = await BlazorChatApp.CreateAsync(args).ConfigureAwait(false);
    await app.RunAsync().ConfigureAwait(false);
    return 0;
}
catch (IOException e) when (e.InnerException is AddressInUseException)
{
    await Console.Error.WriteLineAsync($"{e.Message.TrimEnd('.')}. To use another address, set urls, or ASPNETCORE_URLS in the environment.").ConfigureAwait(false);
    return 1;
}
catch (Exception e) when (e is StartException or OptionsValidationException)
{
    // The message is written for the operator; a stack trace would not help them.
    await Console.Error.WriteLineAsync(e.Message).ConfigureAwait(false);
    return 1;
}
