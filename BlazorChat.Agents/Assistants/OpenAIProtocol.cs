namespace BlazorChat.Assistants;

/// <summary>One of OpenAI's protocols.</summary>
public enum OpenAIProtocol
{
    /// <summary>Chat completions (<c>/v1/chat/completions</c>), which every compatible server supports.</summary>
    Chat,

    /// <summary>Responses (<c>/v1/responses</c>): reasoning is shown and continues over the steps of a response. OpenAI's newest models call tools while reasoning only with this protocol.</summary>
    Responses,
}
