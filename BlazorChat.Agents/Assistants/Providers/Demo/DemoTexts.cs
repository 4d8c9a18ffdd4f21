using System.Text;

namespace BlazorChat.Assistants.Providers.Demo;

/// <summary>The texts of the demo assistant.</summary>
internal static class DemoTexts
{
    public const string Help =
        """
        I'm the **demo assistant**. I'm not a language model: I follow a few rules and always give the same answers, so you can see what a room does before you connect a model.

        Try any of these. I do what a message says only if it says nothing else, apart from a "please":

        | Say | and I will |
        | --- | --- |
        | `show markdown` | show all the formatting that a message can have |
        | `code` or `table` | show just that |
        | `reasoning` | think aloud before I answer or use a tool |
        | `long` | write about 1,500 tokens |
        | `slow` | write very slowly, so that you can press Stop |
        | `echo: …` | repeat what you write |
        | `time`, `dice` or `search for …` | use a tool if the room has one, or several at once if you name several |
        | `postcard` | use a tool that someone must approve first |
        | `where am I`, `time zone`, `language`, `clipboard` or `copy …` | use a tool in your browser |
        | `ask <assistant> …` or `delegate …` | hand work to another assistant |
        | `fail` or `fail early` | fail in the middle, or before the first word |
        | `silent` | fall silent until the timeout |
        | `empty` | finish without saying anything |

        To talk to a real model, set `OPENAI_API_KEY` or `ANTHROPIC_API_KEY`, or configure one under `Assistants` in `appsettings.json`, and restart BlazorChat. Local models work too: set `OLLAMA_MODEL` or, for another server, `OPENAI_BASE_URL` and `OPENAI_MODEL`.
        """;

    public const string Markdown =
        """
        # Heading one

        ## Heading two

        ### Heading three

        Text can be **bold**, *italic*, ***both***, ~~struck out~~ or `code`. A line
        can be broken in the source, or on purpose\
        like this.

        A [link](https://learn.microsoft.com/aspnet/core/blazor/), a bare one, https://dotnet.microsoft.com, and an image, which is never loaded from elsewhere: ![a red square](https://example.com/square.png)

        - A list
        - with two levels
          - one
          - two
        - and [x] no surprises

        1. First
        2. Second
        3. Third

        - [x] A task that is done
        - [ ] and one that is not

        > A quotation, of *two*
        > lines.
        >
        > > And one inside it.

        | Left | Middle | Right |
        | :--- | :---: | ---: |
        | a | `b` | 1 |
        | **c** | d | 1,000 |

        ```csharp
        // A block of code keeps its spaces and its <tags>.
        foreach (var name in new[] { "Ada", "Grace" })
        {
            Console.WriteLine($"Hello {name}!");
        }
        ```

        ---

        HTML is only text here: <b>not bold</b>, and <script>alert("nothing happens")</script>.
        """;

    public const string Code =
        """
        Here is a small C# program:

        ```csharp
        var builder = WebApplication.CreateBuilder(args);
        var app = builder.Build();

        app.MapGet("/", () => "Hello from the demo assistant");

        app.Run();
        ```

        Save it as `Program.cs` and start it with `dotnet run`.
        """;

    public const string Table =
        """
        | Planet | Moons | Day in hours |
        | :--- | ---: | ---: |
        | Mercury | 0 | 4,223 |
        | Earth | 1 | 24 |
        | Mars | 2 | 25 |
        | Neptune | 16 | 16 |
        """;

    public const string Reasoning =
        "Someone wants to see me think. I'm a demo and don't think, but I can show what it looks like. "
        + "First I look at the question. Then I compare two answers, find that they're the same, and take the first.";

    public const string AfterReasoning = "I've thought about it, or at least shown what that looks like. The answer is **42**.";

    public const string Slow =
        "I'm writing very slowly now, at a tenth of my usual speed, so that you have time to see what happens. "
        + "Everyone in this room sees each word as it's written. You can press Stop at any time, and everything I've written stays.";

    public const string BeforeFailure = "I will get as far as the middle of this sentence and then";

    public const string BeforeSilence = "I will say this much and then nothing more, until I am stopped";

    public const string NoAssistant = "I'd need another assistant for that. Add one to see me delegate. Say `help` to see what else I can do.";

    /// <summary>About 6,000 characters, which is about 1,500 tokens.</summary>
    public static string Long { get; } = MakeLong();

    public static string Greeting(string? name) =>
        $"Hello{(string.IsNullOrWhiteSpace(name) ? "" : $" {name}")}! I'm the demo assistant, not a language model. Say `help` to see what I can do.";

    public static string NoTool(string what) =>
        $"I'd use a tool for that ({what}), but this room doesn't have one. Say `help` to see what else I can do.";

    private static string MakeLong()
    {
        string[] sentences =
        [
            "This is a long answer, written to show how a room behaves while an answer grows.",
            "Scroll up while it's being written, and the room won't move you.",
            "Reload the page, and the text will still be there, complete and without duplicates.",
            "Open the room in a second window, and both will show the same words.",
            "Write something in the meantime: your message appears at once and is answered after this one.",
        ];
        var text = new StringBuilder("## A long answer\n");
        for (var section = 1; text.Length < 5_900; section++)
        {
            text.Append($"\n### Part {section}\n\n");
            for (var i = 0; i < sentences.Length; i++)
            {
                text.Append(sentences[(section + i) % sentences.Length]).Append(' ');
            }

            text.Append($"That was part {section}.\n");
        }

        return text.Append("\nThat is all.").ToString();
    }
}
