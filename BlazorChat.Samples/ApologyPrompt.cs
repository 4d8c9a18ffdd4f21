using Microsoft.SemanticKernel;

namespace BlazorChat.Samples;

/// <summary>A prompt function as a tool, <c>letters_apology</c>. It asks the assistant's own model, and the tokens count for the response.</summary>
public static class ApologyPrompt
{
    /// <summary>Creates the plugin; register it as a singleton.</summary>
    public static KernelPlugin Create() => KernelPluginFactory.CreateFromFunctions("letters",
    [
        KernelFunctionFactory.CreateFromPrompt(
            "Write one sentence that apologizes to a customer about this: {{$what}}",
            functionName: "apology",
            description: "Writes an apology to a customer."),
    ]);
}
