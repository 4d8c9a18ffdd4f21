namespace BlazorChat.Assistants.Mcp;

/// <summary>Which calls of a server's tools need a person's yes.</summary>
internal enum McpApproval
{
    /// <summary>All but those of tools of which the server says that they only read, or that they destroy nothing.</summary>
    Destructive,

    /// <summary>All: for a server whose word is not to be relied on.</summary>
    Always,

    /// <summary>None.</summary>
    Never,
}

/// <summary>One server as an operator configures it, an element of <c>Mcp:Servers</c>: either a program to start or an address.</summary>
internal sealed class McpServerOptions
{
    /// <summary>What people see, and the beginning of its tools' names: 1 to 20 lower-case letters, digits and hyphens.</summary>
    public string? Name { get; set; }

    /// <summary>A program that speaks the protocol on its standard input and output. Started with the application, ended with it.</summary>
    public string? Command { get; set; }

    /// <summary>The program's arguments, each passed as it is: there is no shell.</summary>
    public IList<string> Arguments { get; } = [];

    /// <summary>The program's environment beside PATH, HOME, LANG and TMPDIR: it gets nothing else of the application's. Values are secrets and never logged.</summary>
    public IDictionary<string, string> Environment { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The program's working directory; left out: the application's.</summary>
    public string? WorkingDirectory { get; set; }

    /// <summary>The http or https address of a server that runs elsewhere.</summary>
    public string? Url { get; set; }

    /// <summary>Headers of every request to <see cref="Url"/>. Secrets: never logged, never sent to another host.</summary>
    public IDictionary<string, string> Headers { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>What is spoken with <see cref="Url"/>: <c>auto</c>, <c>streamable-http</c> or <c>sse</c>.</summary>
    public string Transport { get; set; } = "auto";

    /// <summary>Which calls need a person's yes.</summary>
    public McpApproval Approval { get; set; }

    /// <summary>The tools to offer, by the server's names for them; <c>*</c> at the end stands for any rest. Empty for all.</summary>
    public IList<string> Tools { get; } = [];

    /// <summary>How long one call may take, 1 second to 24 hours; left out: the assistant's setting.</summary>
    public TimeSpan? CallTimeout { get; set; }

    /// <summary>How long the server may take to start and list its tools, and later to list them again; 1 second to 10 minutes.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>False to leave it configured but alone.</summary>
    public bool Enabled { get; set; } = true;
}
