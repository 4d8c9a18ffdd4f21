using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.AI;

namespace BlazorChat.Turns.Tools;

/// <summary>Creates functions for tools from methods.</summary>
public static class ChatFunctions
{
    /// <summary>
    /// Creates a function from a method. In addition to what <see cref="AIFunctionFactory"/> binds, a parameter of type
    /// <see cref="ToolCallContext"/> receives the call, and a parameter marked with <c>[FromServices]</c> a service from the call's scope.
    /// The model sees neither.
    /// A method that returns an <see cref="IAsyncEnumerable{T}"/> streams: each item is shown as a preliminary result, and the last one is
    /// what the model gets.
    /// </summary>
    /// <param name="method">The method.</param>
    /// <param name="name">The tool's name.</param>
    /// <param name="description">The tool's purpose, for the model.</param>
    public static AIFunction Create(Delegate method, string name, string description) =>
        AIFunctionFactory.Create(method, new AIFunctionFactoryOptions
        {
            Name = name,
            Description = description,
            ConfigureParameterBinding = static parameter =>
                parameter.ParameterType == typeof(ToolCallContext) || Attribute.GetCustomAttributes(parameter).OfType<IFromServiceMetadata>().Any()
                    ? new AIFunctionFactoryOptions.ParameterBindingOptions { ExcludeFromSchema = true, BindParameter = FromScope }
                    : default,
            // A stream must not be read here: the code that runs the tool shows its items as they come.
            MarshalResult = static (result, type, _) => ValueTask.FromResult(result is null || IsStream(result.GetType()) || result is string
                ? result
                : (object?)JsonSerializer.SerializeToElement(result, type ?? result.GetType(), AIJsonUtilities.DefaultOptions)),
        });

    private static object? FromScope(ParameterInfo parameter, AIFunctionArguments arguments) =>
        arguments.Services is { } scope
            ? scope.GetRequiredService(parameter.ParameterType)
            : throw new InvalidOperationException("The function was called outside a turn.");

    /// <summary>Whether values of a type are streams of results.</summary>
    internal static bool IsStream(Type type) =>
        Array.Exists(type.GetInterfaces(), i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IAsyncEnumerable<>));
}
