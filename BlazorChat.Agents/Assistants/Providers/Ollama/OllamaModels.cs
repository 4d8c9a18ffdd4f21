using System.Text.Json;
using BlazorChat.Assistants.Resilience;
using OllamaSharp.Models;

namespace BlazorChat.Assistants.Providers.Ollama;

/// <summary>What an Ollama server says about a model. Null means that it does not say: some servers support only part of the protocol.</summary>
/// <param name="HasTools">Whether it can call tools.</param>
/// <param name="Thinks">Whether it can think before it answers.</param>
/// <param name="ContextLength">The most tokens of its context.</param>
internal sealed record OllamaModel(bool? HasTools, bool? Thinks, long? ContextLength);

/// <summary>The models of an Ollama server. It is asked with the first request and again after a while, because models are added and changed meanwhile.</summary>
internal sealed class OllamaModels(OllamaServer server, TimeProvider time)
{
    private const int MostNames = 12;

    private static readonly OllamaModel Unknown = new(null, null, null);
    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(5);

    private volatile Known? _known;

    /// <summary>Finds what is known about a model.</summary>
    /// <returns>The model, and whether the server was asked just now.</returns>
    /// <exception cref="ChatFailureException">The server has no such model, or is not an Ollama server.</exception>
    public async ValueTask<(OllamaModel Model, bool IsNew)> FindAsync(string name, CancellationToken cancellationToken)
    {
        if (_known is { } known && known.Name == name && time.GetElapsedTime(known.At) < KeptFor)
        {
            return (known.Model, false);
        }

        OllamaModel model;
        try
        {
            model = Read(await server.ShowModelAsync(new ShowModelRequest { Model = name }, cancellationToken).ConfigureAwait(false));
        }
        catch (ChatFailureException failure) when (failure.StatusCode == 404)
        {
            await ThrowIfMissingAsync(name, cancellationToken).ConfigureAwait(false);
            model = Unknown;
        }
        catch (Exception exception) when (exception is ChatFailureException { StatusCode: 400 or >= 405 } or JsonException)
        {
            // If anything is wrong, the request itself will report it.
            return (Unknown, false);
        }

        _known = new Known(name, model, time.GetTimestamp());
        return (model, true);
    }

    /// <summary>Fails with a list of the installed models if this one is missing. Does nothing if the server does not say.</summary>
    /// <exception cref="ChatFailureException">There is no such model.</exception>
    public async Task ThrowIfMissingAsync(string name, CancellationToken cancellationToken)
    {
        _known = null;
        List<string> names;
        try
        {
            names = [.. (await server.ListLocalModelsAsync(cancellationToken).ConfigureAwait(false) ?? []).Select(model => model.Name ?? "")];
        }
        catch (Exception exception) when (exception is ChatFailureException or JsonException)
        {
            return;
        }

        if (!names.Exists(other => IsSame(other, name)))
        {
            throw ChatFailures.NoSuchModel(name, [.. names.Take(MostNames)], names.Count);
        }
    }

    private static OllamaModel Read(ShowModelResponse? shown)
    {
        if (shown is null)
        {
            return Unknown;
        }

        long? length = shown.Info is { Architecture: { } architecture, ExtraInfo: { } facts }
            && facts.TryGetValue($"{architecture}.context_length", out var value) && value is JsonElement { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var tokens) && tokens > 0
            ? tokens : null;
        return new OllamaModel(Can("tools"), Can("thinking"), length);

        bool? Can(string capability) => shown.Capabilities?.Contains(capability, StringComparer.OrdinalIgnoreCase);
    }

    // A name without a tag means the tag "latest".
    private static bool IsSame(string a, string b) => string.Equals(WithTag(a), WithTag(b), StringComparison.OrdinalIgnoreCase);

    private static string WithTag(string name) => name.AsSpan(name.LastIndexOf('/') + 1).Contains(':') ? name : $"{name}:latest";

    private sealed record Known(string Name, OllamaModel Model, long At);
}
