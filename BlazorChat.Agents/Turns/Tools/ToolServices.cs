namespace BlazorChat.Turns.Tools;

/// <summary>Registers the services that run tools.</summary>
internal static class ToolServices
{
    public static IServiceCollection AddToolExecution(this IServiceCollection services)
    {
        services.AddSingleton<ToolExecution>();
        services.AddScoped<ToolCallAccessor>();
        services.AddScoped(scope => scope.GetRequiredService<ToolCallAccessor>().Call);
        return services;
    }
}
