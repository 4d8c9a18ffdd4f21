using BlazorChat.Messages;


namespace BlazorChat.Components.Messages.Parts;

/// <summary>Registers what shows data parts.</summary>
public static class DataPartServices
{
    /// <summary>Adds the registry and the built-in renderers. Own ones are registered after it.</summary>
    public static IServiceCollection AddDataPartRenderers(this IServiceCollection services) => services
        .AddSingleton<DataPartRenderers>()
        .AddSingleton<IDataPartRenderer>(new BuiltIn(DataPart.Sources, typeof(SourcesData)))
        .AddSingleton<IDataPartRenderer>(new BuiltIn(DataPart.Progress, typeof(ProgressData)))
        .AddSingleton<IDataPartRenderer>(new BuiltIn(DataPart.Usage, typeof(UsageData)));

    private sealed record BuiltIn(string Type, Type Component) : IDataPartRenderer;
}
