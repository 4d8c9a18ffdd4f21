using BlazorChat.Benchmarks.Commands;

// The figures that the README quotes, each repeatable by one command.
const string Help = """
    dotnet run -c Release --project BlazorChat.Benchmarks -- COMMAND [OPTIONS]

      fanout   what a streamed token costs, by viewers, history and compression
               --viewers 1,50,200,500  --history 0,10000  --compress on|off|both  --seconds 30  --runs 1
      idle     what the empty server and an idle circuit cost
               --circuits 200  --history 10000  --compress on|off|both
      open     how soon an opened room is there
               --requests 100  --history 0,10000

      Every command takes --app PATH, the assembly of another build of the app.
      It starts the app and a model's stub on loopback ports and leaves nothing behind.
    """;

using var ending = new CancellationTokenSource();
Console.CancelKeyPress += (_, key) =>
{
    key.Cancel = true;
    ending.Cancel();
};

try
{
    return args switch
    {
        ["fanout", .. var options] => await FanoutCommand.RunAsync(options, ending.Token),
        ["idle", .. var options] => await IdleCommand.RunAsync(options, ending.Token),
        ["open", .. var options] => await OpenCommand.RunAsync(options, ending.Token),
        _ => ShowHelp(),
    };
}
catch (Exception error) when (error is ArgumentException or InvalidOperationException or OperationCanceledException)
{
    Console.Error.WriteLine(error.Message);
    return 2;
}

static int ShowHelp()
{
    Console.WriteLine(Help);
    return 0;
}
