using System.Buffers;
using System.Collections.Frozen;

namespace BlazorChat.Markdown;

/// <summary>The language of a fence, as its info string names it, and as people write it.</summary>
public static class CodeLanguage
{
    private const int MaxLength = 32;

    private static readonly SearchValues<char> Characters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+#._-");

    // The name, and how it is written in fences.
    private static readonly FrozenDictionary<string, string> Names = Table(
        ("AsciiDoc", "asciidoc adoc"),
        ("Assembly", "asm assembly nasm x86asm armasm"),
        ("Astro", "astro"),
        ("AWK", "awk gawk"),
        ("Batch", "bat batch cmd dos"),
        ("Bicep", "bicep"),
        ("BibTeX", "bibtex bib"),
        ("C", "c h"),
        ("C#", "csharp cs c# csx"),
        ("C++", "cpp c++ cc cxx hpp hh"),
        ("Clojure", "clojure clj cljs edn"),
        ("CMake", "cmake"),
        ("COBOL", "cobol"),
        ("Common Lisp", "lisp common-lisp"),
        ("CSS", "css"),
        ("CSV", "csv"),
        ("CUDA", "cuda cu"),
        ("D", "d"),
        ("Dart", "dart"),
        ("Delphi", "delphi pascal objectpascal"),
        ("Diff", "diff patch"),
        ("Dockerfile", "dockerfile docker containerfile"),
        ("DOT", "dot graphviz"),
        ("Elixir", "elixir ex exs"),
        ("Elm", "elm"),
        ("Erlang", "erlang erl"),
        ("F#", "fsharp fs f# fsx"),
        ("Fortran", "fortran f90 f95"),
        ("GLSL", "glsl"),
        ("Go", "go golang"),
        ("Gradle", "gradle"),
        ("GraphQL", "graphql gql"),
        ("Groovy", "groovy"),
        ("Haskell", "haskell hs"),
        ("HCL", "hcl terraform tf"),
        ("HTML", "html xhtml htm"),
        ("HTTP", "http https"),
        ("INI", "ini properties conf cfg editorconfig gitconfig env dotenv"),
        ("Java", "java jsp"),
        ("JavaScript", "javascript js mjs cjs node"),
        ("Jinja", "jinja jinja2 django"),
        ("JSON", "json jsonc json5 geojson"),
        ("JSON Lines", "jsonl ndjson"),
        ("JSX", "jsx"),
        ("Julia", "julia jl"),
        ("Kotlin", "kotlin kt kts"),
        ("LaTeX", "latex tex"),
        ("Less", "less"),
        ("Log", "log"),
        ("Lua", "lua"),
        ("Makefile", "makefile make mk"),
        ("Markdown", "markdown md mdx"),
        ("MATLAB", "matlab"),
        ("Mermaid", "mermaid"),
        ("Nginx", "nginx nginxconf"),
        ("Nim", "nim"),
        ("Nix", "nix"),
        ("Objective-C", "objectivec objective-c objc obj-c"),
        ("OCaml", "ocaml ml"),
        ("Perl", "perl pl pm"),
        ("PHP", "php"),
        ("PlantUML", "plantuml puml"),
        ("PowerShell", "powershell ps ps1 pwsh"),
        ("Prolog", "prolog"),
        ("Protocol Buffers", "protobuf proto"),
        ("Python", "python py python3 py3 gyp ipython"),
        ("R", "r rlang"),
        ("Razor", "razor cshtml"),
        ("Ruby", "ruby rb gemspec podspec"),
        ("Rust", "rust rs"),
        ("Sass", "sass"),
        ("Scala", "scala sbt"),
        ("Scheme", "scheme scm racket"),
        ("SCSS", "scss"),
        ("Shell", "shell bash sh zsh fish console shellsession shell-session terminal"),
        ("Solidity", "solidity sol"),
        ("SQL", "sql mysql pgsql postgres postgresql sqlite tsql plsql"),
        ("Svelte", "svelte"),
        ("SVG", "svg"),
        ("Swift", "swift"),
        ("Text", "text txt plaintext plain"),
        ("TOML", "toml"),
        ("TSX", "tsx"),
        ("TypeScript", "typescript ts mts cts"),
        ("Visual Basic", "vb vbnet vb.net visualbasic visual-basic"),
        ("Vue", "vue"),
        ("WebAssembly", "wasm wat"),
        ("XAML", "xaml axaml"),
        ("XML", "xml rss atom xsd xsl xslt plist csproj resx"),
        ("YAML", "yaml yml"),
        ("Zig", "zig"));

    /// <summary>
    /// The language of a fence's info string (its first word), or null when it is not a valid name: it is used in a class name and a label.
    /// </summary>
    public static string? Of(string? info) => info is { Length: > 0 and <= MaxLength } && !info.AsSpan().ContainsAnyExcept(Characters) ? info : null;

    /// <summary>The name that people write, such as "C#"; a language that is not known keeps the name it has in the fence.</summary>
    public static string NameOf(string language) => Names.GetValueOrDefault(language, language);

    private static FrozenDictionary<string, string> Table(params ReadOnlySpan<(string Name, string Written)> languages)
    {
        var names = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, written) in languages)
        {
            foreach (var word in written.Split(' '))
            {
                names.Add(word, name);
            }
        }

        return names.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }
}
