using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;

namespace BlazorChat.Tests.Support;

/// <summary>
/// The model server of npm's @copilotkit/aimock (eng/aimock), started by node on a free loopback port: every protocol as
/// somebody else understands it. Fixtures are matched by a part of the user's message, the first match wins: give
/// every test its own words.
/// </summary>
public sealed class AimockServer : IAsyncLifetime
{
    private static readonly HttpClient Control = new();

    private Process? _node;

    /// <summary>Where it listens, without a path.</summary>
    public Uri Address { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        var fixtures = Directory.CreateTempSubdirectory("aimock-");
        try
        {
            // It insists on a file to start with; tests add what they need. The model is one that it names when it is asked as an
            // Ollama server is: it knows no /api/show, so that is where a model is looked for.
            var file = Path.Combine(fixtures.FullName, "none.json");
            await File.WriteAllTextAsync(file, """{"fixtures":[{"match":{"userMessage":"is anybody there","model":"test-model"},"response":{"content":"Yes."}}]}""");
            var script = await NodePackage.FindScriptAsync("aimock", "@copilotkit", "aimock", "dist", "cli.js");
            _node = NodePackage.Run([], script, "-h", "127.0.0.1", "-p", "0", "-f", file, "--log-level", "info");
            Address = await ReadAddressAsync(_node).Soon();
        }
        finally
        {
            fixtures.Delete(recursive: true);
        }
    }

    public async Task DisposeAsync()
    {
        if (_node is not null)
        {
            _node.StandardInput.Close();
            await _node.WaitForExitAsync().Soon();
            _node.Dispose();
        }
    }

    /// <summary>Adds a fixture, in aimock's own format: <c>{ match, response, chunkSize, truncateAfterChunks, … }</c>.</summary>
    public async Task AddAsync(object fixture)
    {
        using var response = await Control.PostAsJsonAsync(new Uri(Address, "/__aimock/fixtures"), new { fixtures = new[] { fixture } });
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>The bodies of the requests whose text has these words in it, in order.</summary>
    public async Task<IReadOnlyList<JsonElement>> RequestsAsync(string words)
    {
        var journal = await Control.GetFromJsonAsync<JsonElement[]>(new Uri(Address, "/__aimock/journal"));
        return [.. journal!.Where(entry => entry.GetRawText().Contains(words, StringComparison.Ordinal)).Select(entry => entry.GetProperty("body"))];
    }

    private static async Task<Uri> ReadAddressAsync(Process node)
    {
        var output = new List<string>();
        while (await node.StandardOutput.ReadLineAsync() is { } line)
        {
            output.Add(line);
            var start = line.IndexOf("http://", StringComparison.Ordinal);
            if (start >= 0 && line.Contains("listening", StringComparison.Ordinal))
            {
                // Nobody may be blocked by a full pipe later.
                _ = node.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
                _ = node.StandardError.BaseStream.CopyToAsync(Stream.Null);
                return new Uri(line[start..].Trim());
            }
        }

        throw new InvalidOperationException($"aimock did not start: {string.Join('\n', output)}\n{await node.StandardError.ReadToEndAsync()}");
    }
}
