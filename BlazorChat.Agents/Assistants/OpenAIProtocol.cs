namespace BlazorChat.Assistants;

/// <summary>Which of OpenAI's protocols is spoken.</summary>
public enum OpenAIProtocol
{
    /// <summary>Chat completions (<c>/v1/chat/completions</c>), which every compatible server knows.</summary>
    Chat,

    /// <summary>Responses (<c>/v1/responses</c>): reasoning is shown and goes on over the steps of a response, and OpenAI's newest models call tools with it only here.</summary>
    Responses,
}
