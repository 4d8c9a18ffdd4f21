using System.Collections;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.JSInterop;

namespace BlazorChat.Web;

/// <summary>
/// Saves memory that each circuit needs for the types that it sends to its browser. JSON options belong to a circuit, because their
/// converters do, so type information is not shared: about 1 KB per type. For each value sent, the serializer also looks for a
/// polymorphic ancestor in all base types and interfaces: 32 types for one <see cref="int"/>. This resolver has no information for
/// types of .NET that can only be such ancestors.
/// </summary>
internal sealed class InteropJson : IJsonTypeInfoResolver
{
    private static readonly InteropJson Instance = new();
    private readonly DefaultJsonTypeInfoResolver _types = new();

    /// <summary>Sets this resolver in the JavaScript runtime of every circuit.</summary>
    /// <param name="services">The services. Those of circuits must already be registered.</param>
    public static void Use(IServiceCollection services)
    {
        var registered = services.Last(service => service.ServiceType == typeof(IJSRuntime));
        var create = ActivatorUtilities.CreateFactory(registered.ImplementationType!, []);
        services.Replace(ServiceDescriptor.Scoped(provider =>
        {
            var runtime = (JSRuntime)create(provider, null);
            OptionsOf(runtime).TypeInfoResolver = Instance;
            return (IJSRuntime)runtime;
        }));
    }

    /// <inheritdoc/>
    public JsonTypeInfo? GetTypeInfo(Type type, JsonSerializerOptions options) => IsAncestorOnly(type) ? null : _types.GetTypeInfo(type, options);

    private static bool IsAncestorOnly(Type type) =>
        type.Assembly == typeof(object).Assembly && (type.IsInterface ? !IsData(type) : type == typeof(ValueType) || type == typeof(Enum));

    // A property or a result may be declared as a list or a dictionary interface. A sequence of pairs or of characters, however, is
    // only an ancestor of dictionaries and strings.
    private static bool IsData(Type type) => type.IsAssignableTo(typeof(IEnumerable))
        && !(type.GenericTypeArguments is [var element] && (element == typeof(char) || IsPair(element)));

    private static bool IsPair(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>);

    // The property is protected, so it is part of the framework's contract.
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_JsonSerializerOptions")]
    private static extern JsonSerializerOptions OptionsOf(JSRuntime runtime);
}
