using BlazorChat.Messages;

namespace BlazorChat.Components.Messages.Parts;

/// <summary>Registers the services that show data parts.</summary>
public static class DataPartServices
{
    /// <summary>Adds the registry and the built-in renderers. Register your own renderers after them.</summary>
    public static IServiceCollection AddDataPartRenderers(this IServiceCollection services) => services
        .AddSingleton<DataPartRenderers>()
        .AddSingleton<IDataPartRenderer>(new BuiltIn(DataPart.Sources, typeof(SourcesData)))
        .AddSingleton<IDataPartRenderer>(new BuiltIn(DataPart.Progress, typeof(ProgressData)))
        .AddSingleton<IDataPartRenderer>(new BuiltIn(DataPart.Usage, typeof(UsageData)));

    private sealed record BuiltIn(string Type, Type Component) : IDataPartRenderer;
}
