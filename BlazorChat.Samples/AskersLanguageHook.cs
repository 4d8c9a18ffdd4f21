using BlazorChat.Turns.Hooks;

namespace BlazorChat.Samples;

/// <summary>A hook that uses what the turn knows of the asker.</summary>
public sealed class AskersLanguageHook : IStepHook
{
    /// <summary>The entry of the request's data that says which part of the shop somebody is in.</summary>
    public const string Department = "department";

    /// <inheritdoc />
    public ValueTask BeforeStepAsync(StepRequest step, CancellationToken cancellationToken)
    {
        if (step.Request.Language is { } language)
        {
            step.Options.Instructions += $"\n\nAnswer in the language {language} unless you are asked in another one.";
        }

        // The page says it: it is a hint, and nothing that grants a right.
        if (step.Request.Data.TryGetValue(Department, out var department) && department is "kitchen" or "garden")
        {
            step.Options.Instructions += $"\n\nWho asks is in the {department} department.";
        }

        return ValueTask.CompletedTask;
    }
}
