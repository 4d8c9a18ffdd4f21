namespace BlazorChat.Assistants.Mcp;

/// <summary>Which calls of a server's tools need a person's approval.</summary>
internal enum McpApproval
{
    /// <summary>All calls, except those of tools that the server marks as read-only or not destructive.</summary>
    Destructive,

    /// <summary>All calls: for a server that you do not trust to mark its tools correctly.</summary>
    Always,

    /// <summary>No calls.</summary>
    Never,
}

/// <summary>One server as an operator configures it, an element of <c>Mcp:Servers</c>: either a program to start or an address.</summary>
internal sealed class McpServerOptions
{
    /// <summary>The name that people see, and the prefix of its tools' names: 1 to 20 lower-case letters, digits and hyphens.</summary>
    public string? Name { get; set; }

    /// <summary>A program that speaks the protocol on its standard input and output. It starts and ends with the application.</summary>
    public string? Command { get; set; }

    /// <summary>The program's arguments, passed as they are, without a shell.</summary>
    public IList<string> Arguments { get; } = [];

    /// <summary>The program's environment, in addition to PATH, HOME, LANG and TMPDIR. It gets nothing else from the application's environment. The values are secrets and never logged.</summary>
    public IDictionary<string, string> Environment { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The program's working directory. Default: the application's.</summary>
    public string? WorkingDirectory { get; set; }

    /// <summary>The http or https address of a server that runs elsewhere.</summary>
    public string? Url { get; set; }

    /// <summary>Headers of every request to <see cref="Url"/>. Secrets: never logged, never sent to another host.</summary>
    public IDictionary<string, string> Headers { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>The transport for <see cref="Url"/>: <c>auto</c>, <c>streamable-http</c> or <c>sse</c>.</summary>
    public string Transport { get; set; } = "auto";

    /// <summary>Which calls need a person's approval.</summary>
    public McpApproval Approval { get; set; }

    /// <summary>The tools to offer, by the server's names; a <c>*</c> at the end stands for any rest. Empty for all.</summary>
    public IList<string> Tools { get; } = [];

    /// <summary>The time limit of one call, 1 second to 24 hours. Default: the assistant's setting.</summary>
    public TimeSpan? CallTimeout { get; set; }

    /// <summary>The time limit for the server to start and list its tools, and later to list them again; 1 second to 10 minutes.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>False to keep it configured but not connect it.</summary>
    public bool Enabled { get; set; } = true;
}
