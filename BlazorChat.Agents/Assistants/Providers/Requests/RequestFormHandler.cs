using System.Collections.Immutable;
using BlazorChat.Assistants.Resilience;

namespace BlazorChat.Assistants.Providers.Requests;

/// <summary>
/// Sends requests in the form that the server takes (<see cref="RequestForm"/>). When the server refuses the form, the request is repeated
/// in another one, and what helped is remembered. Nothing of an answer has come before that.
/// </summary>
/// <param name="form">The form.</param>
/// <param name="assistantId">The assistant, for logs.</param>
/// <param name="logger">Logs what was learned.</param>
internal sealed class RequestFormHandler(RequestForm form, string? assistantId, ILogger logger) : DelegatingHandler
{
    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request is not { Content: { } content, Method.Method: "POST" })
        {
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }

        var body = await content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        var rules = form.Rules;
        var asked = new HashSet<RequestRule>();
        while (true)
        {
            var sent = RequestForm.Apply(body, rules);
            var response = await base.SendAsync(WithBody(request, content, sent), cancellationToken).ConfigureAwait(false);
            var error = await EarlyError.ReadAsync(response, cancellationToken).ConfigureAwait(false);
            if (response.IsSuccessStatusCode && error is null)
            {
                if (form.Remember(rules) is { Count: > 0 } learned)
                {
                    RequestLog.Learned(logger, assistantId, string.Join(", ", learned));
                }

                return response;
            }

            if (!response.IsSuccessStatusCode && !RequestRefusals.IsAboutForm((int)response.StatusCode))
            {
                return response;
            }

            error ??= await ProviderError.ReadAsync(response, cancellationToken).ConfigureAwait(false);
            if (RequestRefusals.RuleOf(error.Message, error.Parameter) is not { } rule)
            {
                return response;
            }

            var next = With(rules, rule, asked);
            if (!asked.Add(rule) || rules.Contains(rule) || RequestForm.Apply(body, next).AsSpan().SequenceEqual(sent))
            {
                // The request has this form already.
                using (response)
                {
                    throw ChatFailures.FormRefused((int)response.StatusCode, error, rule);
                }
            }

            response.Dispose();
            rules = next;
        }
    }

    // Two names for one thing: the newer refusal counts, and a server that refuses both takes neither.
    private static ImmutableSortedSet<RequestRule> With(ImmutableSortedSet<RequestRule> rules, RequestRule rule, HashSet<RequestRule> asked) => rule switch
    {
        RequestRule.MaxTokens when asked.Contains(RequestRule.MaxCompletionTokens) => rules.Remove(RequestRule.MaxCompletionTokens).Add(RequestRule.NoTokenLimit),
        RequestRule.MaxCompletionTokens when asked.Contains(RequestRule.MaxTokens) => rules.Remove(RequestRule.MaxTokens).Add(RequestRule.NoTokenLimit),
        RequestRule.MaxTokens => rules.Remove(RequestRule.MaxCompletionTokens).Add(rule),
        RequestRule.MaxCompletionTokens => rules.Remove(RequestRule.MaxTokens).Add(rule),
        _ => rules.Add(rule),
    };

    private static HttpRequestMessage WithBody(HttpRequestMessage request, HttpContent content, byte[] body)
    {
        // A message that was sent once cannot be sent again.
        var copy = new HttpRequestMessage(request.Method, request.RequestUri) { Version = request.Version, VersionPolicy = request.VersionPolicy, Content = new ByteArrayContent(body) };
        foreach (var header in request.Headers.NonValidated)
        {
            copy.Headers.TryAddWithoutValidation(header.Key, header.Value);
        }

        foreach (var header in content.Headers.NonValidated)
        {
            if (!header.Key.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
            {
                copy.Content.Headers.TryAddWithoutValidation(header.Key, header.Value);
            }
        }

        return copy;
    }
}
