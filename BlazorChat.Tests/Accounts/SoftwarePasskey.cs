using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using BlazorChat.Tests.Support;
using Microsoft.AspNetCore.WebUtilities;

namespace BlazorChat.Tests.Accounts;

/// <summary>A passkey without a browser: answers the questions of forms as a device would whose person has unlocked it.</summary>
internal sealed partial class SoftwarePasskey(Uri origin) : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly byte[] _id = RandomNumberGenerator.GetBytes(16);

    private string? _person;

    /// <summary>Sends the form of a page that asks for a passkey.</summary>
    /// <param name="browser">Whose browser.</param>
    /// <param name="path">The page.</param>
    /// <param name="html">The page as it came.</param>
    /// <param name="form">The form's name.</param>
    /// <param name="fields">What is filled in besides.</param>
    public Task<(HttpStatusCode Status, string Text, HttpResponseMessage Response)> AnswerAsync(
        FormBrowser browser, string path, string html, string form, params (string Name, string Value)[] fields)
    {
        if (!browser.Headers.Contains("Origin"))
        {
            browser.Headers.Add("Origin", origin.GetLeftPart(UriPartial.Authority));
        }

        var options = JsonDocument.Parse(WebUtility.HtmlDecode(Question().Match(html).Groups["json"].Value)).RootElement;
        var answer = options.TryGetProperty("user", out var user) ? Create(options, user) : Get(options);
        return browser.PostAsync(path, html, form, [("Credential", JsonSerializer.Serialize(answer)), .. fields]);
    }

    public void Dispose() => _key.Dispose();

    private static byte[] Number(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }

    private object Create(JsonElement options, JsonElement user)
    {
        _person = user.GetProperty("id").GetString();
        var point = _key.ExportParameters(includePrivateParameters: false).Q;
        // As CBOR: an elliptic key for ES256 on P-256.
        byte[] key = [0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32, .. point.X!, 0x22, 0x58, 32, .. point.Y!];
        byte[] data = [.. Head(0x45), .. new byte[16], 0, (byte)_id.Length, .. _id, .. key];
        byte[] attestation = [0xa3, 0x63, .. "fmt"u8, 0x64, .. "none"u8, 0x67, .. "attStmt"u8, 0xa0, 0x68, .. "authData"u8, 0x58, (byte)data.Length, .. data];
        return Answer(new
        {
            clientDataJSON = WebEncoders.Base64UrlEncode(Client("webauthn.create", options)),
            attestationObject = WebEncoders.Base64UrlEncode(attestation),
            transports = new[] { "internal" },
        });
    }

    private object Get(JsonElement options)
    {
        var (data, client) = (Head(0x05), Client("webauthn.get", options));
        return Answer(new
        {
            clientDataJSON = WebEncoders.Base64UrlEncode(client),
            authenticatorData = WebEncoders.Base64UrlEncode(data),
            signature = WebEncoders.Base64UrlEncode(_key.SignData([.. data, .. SHA256.HashData(client)], HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)),
            userHandle = _person,
        });
    }

    private object Answer(object response)
    {
        var id = WebEncoders.Base64UrlEncode(_id);
        return new { id, rawId = id, type = "public-key", response, clientExtensionResults = new { } };
    }

    // The server's name, who is there (1) and has unlocked it (4), whether a key follows (64), and no counter.
    private byte[] Head(byte flags) => [.. SHA256.HashData(Encoding.UTF8.GetBytes(origin.Host)), flags, .. Number(0)];

    private byte[] Client(string type, JsonElement options) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        type,
        challenge = options.GetProperty("challenge").GetString(),
        origin = origin.GetLeftPart(UriPartial.Authority),
        crossOrigin = false,
    });

    [GeneratedRegex("data-options=\"(?<json>[^\"]+)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Question();
}
