using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace BlazorChat.Benchmarks.Circuits;

/// <summary>What a page's HTML says about its interactive part: everything that blazor.web.js takes from it.</summary>
/// <param name="Components">The JSON of each interactive server component's marker, in the page's order, untouched: it is signed.</param>
/// <param name="State">The persisted state for the server (Base64, protected), or an empty string.</param>
/// <param name="BaseUri">What relative addresses are relative to.</param>
internal sealed partial record PageMarkers(IReadOnlyList<string> Components, string State, Uri BaseUri)
{
    /// <summary>Finds the markers in a page.</summary>
    /// <param name="html">The page as it was served.</param>
    /// <param name="page">Its address.</param>
    /// <exception cref="FormatException">A marker is not JSON.</exception>
    public static PageMarkers Parse(string html, Uri page)
    {
        var components = new List<string>();
        foreach (Match match in Marker().Matches(html))
        {
            var json = match.Groups["json"].Value;
            if (IsServerComponent(json))
            {
                components.Add(json);
            }
        }

        var state = ServerState().Match(html);
        var baseElement = BaseElement().Match(html);
        return new PageMarkers(
            components,
            state.Success ? state.Groups["state"].Value : "",
            new Uri(page, baseElement.Success ? WebUtility.HtmlDecode(baseElement.Groups["href"].Value) : "/"));
    }

    // The marker that ends a prerendered component has only its prerenderId; a WebAssembly component has another type.
    private static bool IsServerComponent(string json)
    {
        try
        {
            using var marker = JsonDocument.Parse(json);
            return marker.RootElement.TryGetProperty("type", out var type) && type.ValueEquals("server");
        }
        catch (JsonException error)
        {
            throw new FormatException("A component's marker in the page is not JSON.", error);
        }
    }

    [GeneratedRegex(@"<!--Blazor:(?<json>\{.*?\})-->", RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Marker();

    [GeneratedRegex("<!--Blazor-Server-Component-State:(?<state>[A-Za-z0-9+/=_-]+)-->", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ServerState();

    [GeneratedRegex("<base\\s[^>]*?href=[\"'](?<href>[^\"']+)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex BaseElement();
}
