using Microsoft.SemanticKernel;

namespace BlazorChat.Samples;

/// <summary>A prompt function as a tool, <c>letters_apology</c>: the assistant's own model is asked, and what that takes counts for the response.</summary>
public static class ApologyPrompt
{
    /// <summary>Makes the plugin, to be registered as a singleton.</summary>
    public static KernelPlugin Create() => KernelPluginFactory.CreateFromFunctions("letters",
    [
        KernelFunctionFactory.CreateFromPrompt(
            "Write one sentence that apologises to a customer about this: {{$what}}",
            functionName: "apology",
            description: "Writes an apology to a customer."),
    ]);
}
