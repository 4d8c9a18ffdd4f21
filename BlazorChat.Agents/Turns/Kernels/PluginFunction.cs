using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;

namespace BlazorChat.Turns.Kernels;

/// <summary>A function of a plugin as models are told of it: the kernel writes its description into the schema under a name that no schema has.</summary>
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
