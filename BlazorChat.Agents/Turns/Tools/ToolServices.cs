namespace BlazorChat.Turns.Tools;

/// <summary>Registers what runs tools.</summary>
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
