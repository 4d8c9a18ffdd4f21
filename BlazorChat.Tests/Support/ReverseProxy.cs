using System.Diagnostics;
using System.Net.Sockets;

namespace BlazorChat.Tests.Support;

/// <summary>A real reverse proxy in a process of its own: nginx or Caddy, with the configuration that a test gives.</summary>
public sealed class ReverseProxy : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _folder;

    private ReverseProxy(Process process, string folder, int port) => (_process, _folder, Address) = (process, folder, new Uri($"http://127.0.0.1:{port}"));

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>Starts nginx.</summary>
    /// <param name="server">The contents of its <c>server</c> block, without <c>listen</c>.</param>
    public static Task<ReverseProxy> NginxAsync(string server)
    {
        var port = AppProcess.FreePort();
        var folder = Directory.CreateTempSubdirectory("nginx-").FullName;
        var file = Path.Combine(folder, "nginx.conf");
        File.WriteAllText(file, $$"""
            daemon off; master_process off; error_log {{folder}}/error.log; pid {{folder}}/nginx.pid;
            events { worker_connections 256; }
            http {
              access_log off; client_body_temp_path {{folder}}/b; proxy_temp_path {{folder}}/p; fastcgi_temp_path {{folder}}/f;
              uwsgi_temp_path {{folder}}/u; scgi_temp_path {{folder}}/s;
              map $http_upgrade $connection_upgrade { default upgrade; '' close; }
              server { listen 127.0.0.1:{{port}}; {{server}} }
            }
            """);
        var program = File.Exists("/usr/sbin/nginx") ? "/usr/sbin/nginx" : "nginx";
        return StartAsync(program, ["-p", folder, "-e", $"{folder}/error.log", "-c", file], folder, port);
    }

    /// <summary>Starts Caddy.</summary>
    /// <param name="site">The contents of its site block.</param>
    public static Task<ReverseProxy> CaddyAsync(string site)
    {
        var port = AppProcess.FreePort();
        var folder = Directory.CreateTempSubdirectory("caddy-").FullName;
        var file = Path.Combine(folder, "Caddyfile");
        File.WriteAllText(file, $$"""
            {
              admin off
              auto_https off
            }
            :{{port}} {
              bind 127.0.0.1
              {{site}}
            }
            """);
        return StartAsync("caddy", ["run", "--config", file, "--adapter", "caddyfile"], folder, port);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync().Soon();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task<ReverseProxy> StartAsync(string program, string[] arguments, string folder, int port)
    {
        var start = new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true };
        // Caddy keeps its state there.
        start.Environment["HOME"] = folder;
        start.Environment["XDG_DATA_HOME"] = folder;
        start.Environment["XDG_CONFIG_HOME"] = folder;
        var process = Process.Start(start)!;
        var said = process.StandardError.ReadToEndAsync();
        process.BeginOutputReadLine();
        var proxy = new ReverseProxy(process, folder, port);
        using var patience = new CancellationTokenSource(Guard.Patience);
        while (true)
        {
            try
            {
                using var socket = new TcpClient();
                await socket.ConnectAsync("127.0.0.1", port, patience.Token);
                return proxy;
            }
            catch (SocketException)
            {
                Assert.False(process.HasExited, process.HasExited ? await said : "");
                await Task.Delay(20, patience.Token);
            }
        }
    }
}
