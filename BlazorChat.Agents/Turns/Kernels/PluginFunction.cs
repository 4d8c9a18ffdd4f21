using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;

namespace BlazorChat.Turns.Kernels;

/// <summary>A plugin function as models see it. The kernel writes the description into the schema under a name that is not part of JSON schema.</summary>
internal sealed class PluginFunction(KernelFunction function) : DelegatingAIFunction(function)
{
    public override JsonElement JsonSchema { get; } = WithoutCondition(function.JsonSchema);

    private static JsonElement WithoutCondition(JsonElement schema)
    {
        var copy = JsonObject.Create(schema)!;
        copy.Remove("condition");
        return JsonSerializer.SerializeToElement(copy);
    }
}
