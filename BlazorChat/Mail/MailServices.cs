using Microsoft.Extensions.Options;

namespace BlazorChat.Mail;

/// <summary>Registers what sends mail.</summary>
internal static class MailServices
{
    public static IServiceCollection AddMail(this IServiceCollection services)
    {
        services.AddSection<MailOptions>(MailOptions.Section);
        services.AddSingleton<IValidateOptions<MailOptions>, MailOptionsValidator>();
        services.AddSingleton<IMailSender, SmtpSender>();
        services.AddSingleton<MailQueue>();
        services.AddHostedService(s => s.GetRequiredService<MailQueue>());
        return services;
    }
}
