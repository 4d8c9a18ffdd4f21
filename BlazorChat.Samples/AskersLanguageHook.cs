using BlazorChat.Turns.Hooks;

namespace BlazorChat.Samples;

/// <summary>A hook that uses the turn's data about the asker.</summary>
public sealed class AskersLanguageHook : IStepHook
{
    /// <summary>The key in the request's data for the asker's department of the shop.</summary>
    public const string Department = "department";

    /// <inheritdoc />
    public ValueTask BeforeStepAsync(StepRequest step, CancellationToken cancellationToken)
    {
        if (step.Request.Language is { } language)
        {
            step.Options.Instructions += $"\n\nAnswer in the language {language} unless you are asked in another language.";
        }

        // The page sets it, so it is a hint and must not grant a right.
        if (step.Request.Data.TryGetValue(Department, out var department) && department is "kitchen" or "garden")
        {
            step.Options.Instructions += $"\n\nThe asker is in the {department} department.";
        }

        return ValueTask.CompletedTask;
    }
}
