using System.Collections;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.JSInterop;

namespace BlazorChat.Web;

/// <summary>
/// Keeps small what each circuit knows of the types that it sends to its browser. The options of JSON belong to a circuit, because
/// their converters do, so nothing of it is shared: about a kilobyte per type. And each value that is sent has JSON look at everything
/// that its type derives from, in search of a polymorphic ancestor: 32 types for one <see cref="int"/>. Those of .NET itself that can
/// be nothing else than such an ancestor are not described.
/// </summary>
internal sealed class InteropJson : IJsonTypeInfoResolver
{
    private static readonly InteropJson Instance = new();
    private readonly DefaultJsonTypeInfoResolver _types = new();

    /// <summary>Puts it into the JavaScript runtime of every circuit.</summary>
    /// <param name="services">The services, with those of circuits among them.</param>
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

    // Lists and dictionaries may be what a property or a result is declared as. A list of pairs or of a string's characters is
    // only what dictionaries and strings derive from.
    private static bool IsData(Type type) => type.IsAssignableTo(typeof(IEnumerable))
        && !(type.GenericTypeArguments is [var element] && (element == typeof(char) || IsPair(element)));

    private static bool IsPair(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>);

    // For those who derive from it, the property is part of the framework's contract.
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_JsonSerializerOptions")]
    private static extern JsonSerializerOptions OptionsOf(JSRuntime runtime);
}
