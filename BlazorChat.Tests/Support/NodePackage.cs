using System.Diagnostics;

namespace BlazorChat.Tests.Support;

/// <summary>Programs of npm packages (folders of <c>eng/</c>) that tests talk to.</summary>
public static class NodePackage
{
    // node ends itself when its input ends, so that none is left behind by a test run that was killed.
    private const string EndWithParent = "data:text/javascript,process.stdin.resume();process.stdin.on('end',()=>process.exit(0));";
    private static readonly SemaphoreSlim Installing = new(1, 1);

    /// <summary>A script of a package, which is installed when it is missing.</summary>
    /// <param name="folder">The folder in <c>eng/</c> with the <c>package.json</c>.</param>
    /// <param name="path">The script, below its <c>node_modules</c>.</param>
    public static async Task<string> FindScriptAsync(string folder, params string[] path)
    {
        var home = Path.Combine(FindRepository(), "eng", folder);
        var script = Path.Combine([home, "node_modules", .. path]);
        await Installing.WaitAsync();
        try
        {
            if (!File.Exists(script))
            {
                using var npm = Start("npm", [], "install", "--prefix", home, "--no-audit", "--no-fund");
                var errors = npm.StandardError.ReadToEndAsync();
                _ = npm.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
                await npm.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(3));
                if (!File.Exists(script))
                {
                    throw new InvalidOperationException($"{script} is not there and 'npm install --prefix eng/{folder}' failed: {await errors}");
                }
            }
        }
        finally
        {
            Installing.Release();
        }

        return script;
    }

    /// <summary>Runs a script by node until its standard input is closed.</summary>
    /// <param name="environment">Further environment variables.</param>
    /// <param name="arguments">The script and its arguments.</param>
    public static Process Run(IEnumerable<KeyValuePair<string, string>> environment, params string[] arguments) =>
        Start("node", environment, ["--import", EndWithParent, .. arguments]);

    private static string FindRepository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "BlazorChat.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("BlazorChat.sln is in no folder above the tests.");
    }

    private static Process Start(string program, IEnumerable<KeyValuePair<string, string>> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception exception)
        {
            throw new InvalidOperationException($"'{program}' cannot be started; the tests need node 20 or newer with npm.", exception);
        }
    }
}
