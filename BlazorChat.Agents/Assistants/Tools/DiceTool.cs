using System.ComponentModel;
using BlazorChat.Turns.Tools;

namespace BlazorChat.Assistants.Tools;

/// <summary><c>roll_dice</c>: real chance, which a model cannot produce itself.</summary>
internal static class DiceTool
{
    private const int MostDice = 20;
    private const int MostSides = 1000;

    /// <param name="random">Returns a random whole number from the first value up to, but not including, the second.</param>
    public static ChatTool Create(Func<int, int, int> random)
    {
        return new ChatTool(ChatFunctions.Create(Roll, "roll_dice", "Rolls dice and gives each result and the sum."))
        {
            Title = "Roll dice",
            Verb = new ToolVerb("Rolling dice", "Rolled dice"),
            Source = BuiltInTools.Source,
        };

        string Roll([Description("How many dice, 1 to 20.")] int count = 1, [Description("How many sides each has, 2 to 1000.")] int sides = 6)
        {
            if (count is < 1 or > MostDice)
            {
                throw new ToolFailedException($"The number of dice must be 1 to {MostDice}; it is {count}.");
            }

            if (sides is < 2 or > MostSides)
            {
                throw new ToolFailedException($"The number of sides must be 2 to {MostSides}; it is {sides}.");
            }

            var rolled = Enumerable.Range(0, count).Select(_ => random(1, sides + 1)).ToList();
            return count == 1 ? $"{rolled[0]}" : $"{string.Join(", ", rolled)} (sum {rolled.Sum()})";
        }
    }
}
