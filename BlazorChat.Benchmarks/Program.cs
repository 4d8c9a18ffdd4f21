using BlazorChat.Benchmarks.Commands;

namespace BlazorChat.Benchmarks;

/// <summary>The figures that the README quotes, each repeatable by one command.</summary>
internal static class Program
{
    private const string Help = """
        dotnet run -c Release --project BlazorChat.Benchmarks -- COMMAND [OPTIONS]

          fanout   what a streamed token costs, by viewers, history and compression
                   --viewers 1,50,200,500  --history 0,10000  --compress on|off|both  --seconds 30  --runs 1
          crowd    what a fast response costs while a crowd watches, first and second after the server's start
                   --viewers 200  --tokens 400  --rate 100  --compress on|off|both  --runs 1
          idle     what the empty server and an idle circuit cost
                   --circuits 200  --history 10000  --compress on|off|both
          open     how soon an opened room is there
                   --requests 100  --history 0,10000
          blocks   what a token costs at the end of a long block, by kind of block; counts bytes and starts no app
                   --tokens 4000

          The others take --app PATH, the assembly of another build of the app.
          They start the app and a model's stub on loopback ports and leave nothing behind.
        """;

    private static async Task<int> Main(string[] args)
    {
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
                ["crowd", .. var options] => await CrowdCommand.RunAsync(options, ending.Token),
                ["idle", .. var options] => await IdleCommand.RunAsync(options, ending.Token),
                ["blocks", .. var options] => await BlocksCommand.RunAsync(options, ending.Token),
                ["open", .. var options] => await OpenCommand.RunAsync(options, ending.Token),
                [] or ["--help"] or ["-h"] => ShowHelp(),
                [var unknown, ..] => throw new ArgumentException($"Unknown command {unknown}; --help shows them."),
            };
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException or OperationCanceledException
            or HttpRequestException or TimeoutException)
        {
            await Console.Error.WriteLineAsync(error.Message);
            return 2;
        }
    }

    private static int ShowHelp()
    {
        Console.WriteLine(Help);
        return 0;
    }
}
