using CsCheck;

namespace BlazorChat.Tests.Markdown;

/// <summary>Texts as models and people write them, and as nobody should.</summary>
internal static class MarkdownCorpus
{
    /// <summary>Texts whose blocks are the same whether they are seen alone or in the whole text.</summary>
    public static IReadOnlyList<string> Documents { get; } =
    [
        "Hello!",
        "> a\n\t| a | b |\n|--|--|\n| c | d |\n\nend",
        "a\n\t| a | b |\n|--|--|\n\n- b\n\n  c\n      | a | b |\n  |--|--|\n  | 1 | 2 |\nend",
        "One line.\n\nAnother **bold** one, *slanted* too, ~~gone~~ and `code`.\nSecond line of it.",
        "# Title\n\nText below.\n\n## Part\nText right below.\n### Sub ###\n#### Deep\n##### Deeper\n###### Deepest\n",
        "Setext title\n============\n\ntext\n\nSmaller\n-------\nmore",
        "- a\n- b\n  - c\n  - d\n\n    loose text\n- e\n\nafter",
        "1. first\n2. second\n   ```js\n   let x = 1;\n\n   // gap\n   ```\n3. third\n\n\n4. fourth after two blanks\n",
        "7) seven\n8) eight\n\n* star\n* star\n+ plus\n- minus\n",
        "- [ ] open\n- [x] done\n- [X] also done\n- [x](https://example.org) no task\n- plain [x] item\n",
        "```python\ndef f(x):\n    return `x`\n\n```\n\ntext",
        "````markdown\n```inner\ncode\n```\n````\nafter",
        "~~~\ntilde ``` fence\n~~\n~~~\ntext",
        "text\n```js\nright below text\n```\ntext right after",
        "```\nnever closed\n``\n ```x\n    ```\nend",
        "  ```c#\n  indented fence\n    deeper\n done\n  ```  \nx",
        "para\n``` not a `fence`\nstill para\n",
        "    indented code\n      deeper\n\n    after a gap\n\nback to text",
        "> quote\n> continues\nlazy line\n\n> - list in quote\n>   more\n>\n> ```sh\n> ls\n> ```\n\nend",
        "> a\n> > b\n> > > c\n> back\n",
        "| a | b |\n|---|:-:|\n| c | **d** |\n| `x|y` | \\| |\n\ntext",
        "Here it is:\n| Name | Size |\n|:-----|-----:|\n| one | 1 |\n| two |\nAnd on it goes.\n",
        "a | b\n--|--\n1 | 2\n3 | 4\n\nend",
        "| not a table |\nbecause no dashes\n",
        "text\n| also | none |\n| here | x |\n",
        "***\n\n---\n___\n* * *\ntext\n***bold start*** of line\n***\n",
        "para\n***not a rule*** but strong\n#nor a heading\n1986\\. was no list\n2. nor this\n",
        "See [docs](https://example.org/a_(b)?c=d \"Title\") and <https://example.org> or https://example.org/x_y_z. Mail <me@example.org>.",
        "![alt *text*](https://example.org/i.png) and [![badge](https://example.org/b.svg)](https://example.org)",
        "[broken](javascript:alert(1)) [relative](/x) [empty]() [no target]\n[a][b] [c] ![d]",
        "a **b *c* d** e ***f*** __g__ _h_ snake_case_name 2*3*4 *unclosed **both\n\nnext **para",
        "`` code with ` tick `` and ``` three ``` and ` unclosed\n\n`next",
        "Line with two spaces  \nand a backslash\\\nbreak &amp; &copy; &#x41; &bogus; & < > \" '",
        "<script>alert(1)</script>\n\n<div onclick=\"x\">**md**</div>\n\ntext <b>inline</b> <!-- comment -->",
        "שלום עולם\n\n- מימין\n- **לשמאל**\n\n> ציטוט\n\nEnglish",
        "Emoji 👩‍👩‍👧 and 𝒳 in **bold 🎉** and `🎈`\n\n# 🎉\n\n| 🎉 | b |\n|---|---|\n| 👍 | 𝒴 |\n",
        "Windows\r\nline ends\r\n\r\n- a\r\n- b\r\n\r\n```\r\ncode\r\n```\r\nold mac\rline",
        "\n\n\n   leading blanks\n\n\n\ntrailing\n\n\n",
        "- \n- a\n-\n\n  b\n1.\n2. x\n",
        "- a\n\n\n\n- b\n\n      code in item\n\n  text\n",
        "* a\n  > quote in list\n  > more\n\n  | t | u |\n  |---|---|\n  | v | w |\n* b\n",
        "Term:\n: nothing\n\n[^1] no footnotes here\n\n$x_1 * y_2$ and \\(a*b\\)\n\n\\*escaped\\* \\`too\\` \\",
        "+++\n===\n\n=\n-\n\n#\n\n##\n>\n\n|\n\n```",
        "NUL \0 and \u2028 separators \u200B and \f feed\n\n\tTab code\n- \ttab item\n",
        "- one\n- two\n***\n- three\n\n10. ten\n11. eleven\n\n1. again\n- x\n1. y\n",
        "Text with a list right below:\n- a\n- b\nlazy end\n\n1. c\nlazy too\n# heading\nend",
        "> quote then code\n    lazy indented\n\n>no space\n> # heading in quote\ntext after\n",
        "- ````![\n* **\n===\n\n1. ~~~\n- - -\nend",
        "The formula $E = mc^2$ and\n\n\\[\n\\int_0^1 x^2\\,dx\n- 1\n= 2\n\\]\n\nand \\(a_1 * b_1 * c_1\\) and \\[ x \\] then\n$$\n\\begin{aligned}\nx_1 &= \\frac{-b}{2a} \\\\\n+ y\n\\end{aligned}\n$$\nend",
        "\\[ never closed\n- a\n- b\n\ntext \\( also *not* $$ here\n\n\\begin{cases}\n> 1\n\\end{cases}\n$5 and $6, $a*b$ *c*",
        "**真，**她来了\n\n**「A」**なので**「B」**です\n\n**한국어(Korean)**은 ~~旧，~~新 *強調。*次 这是**“重点”**内容。",
        "见 https://example.com/a?b=1，谢谢（https://a.example/1）和 www.example.com、次 **https://example.com/a**。做 [https://a.example](https://b.example/?q=1) ![x](https://b.example)",
        "3. three\n4. four\n\n2024. A year.\n7. seven\n1. one\n1. two\n\n1) paren\n2) two\n",
        "`git push` ثم انتظر\n\n- `code` أولا\n\n| الاسم | القيمة |\n|---|---|\n| أحمد | ١٢٣ |\n\nend",
        "<details>\n<summary>Click *me*</summary>\n\nHidden **text**\n\n```html\n</details>\n```\n- a\n\n</details>\nafter\n\n<details><summary>One</summary>line</details>\nnot in it",
        "<details>\nopen\n\n<details>\n<summary>inner</summary>\n\nx\n</details>\ny\n\n# never closed",
        "Line<br>two<br/>three H<sub>2</sub>O x<sup>*2*</sup> <kbd>Ctrl</kbd> <sub>open *a</sub> b* </kbd> <b>no</b> <sub\n\n| a<br>b | <kbd>|</kbd> |\n|--|--|\n| `x \\| y` | z |",
        "A claim[^1] and [^note] and x[^note]. A class [^0-9]+ and y[^ab]*.\n\n[^1]: The source.\n    goes on\n\n    and *on*\n[^note]: Second.\nlazy\n\nend",
        "text\n[^1]: right below\n[^2] no definition\n- [^3]: in a list",
        "> [!NOTE]\n> A *note*\n>\n> - list\n\n> [!WARNING]\n\n> [!FOO]\n> text\n\n> [!tip]\n> - a",
        "do\n\n    ```html\n    <b>x</b>\n      y\n    ```\nnext\n    ~~~\n  z\n    ~~~\n\n- a\n\n      ```\n      code in item\n",
        "\t```c\n\tint x;\n\t```\nend",
        "A path C:\\new\\_temp\\*.txt and \\\\server\\share, 1\\) and \\[no\\] \\{x\\} a\\\nb \\",
        "- ```\n  * * *\n* * *\n- a\n  - ```\n    code\n  * * *\nend\n-\n  ```\n- - -\n* ```\n- -- x",
    ];

    /// <summary>Texts in which one block's meaning depends on another.</summary>
    public static IReadOnlyList<string> WithDefinitions { get; } =
    [
        "See [the docs][d] and [d].\n\nMore text.\n\n[d]: https://example.org/docs 'Docs'\n",
        "[early]: https://example.org\n\nUses [early].\n\nUses [early][] again.\n\nEnd.",
    ];

    private static readonly string[] Fragments =
    [
        "word ", "two words ", "\n", "\n\n", "\n\n", "**", "*", "_", "__", "~~", "`", "``", "\n```\n", "\n```js\n", "# ", "\n- ", "\n  - ",
        "\n* ", "\n1. ", "\n2) ", "\n> ", ">", "|", "\n| a | b |\n", "\n|---|---|\n", "\n---\n", "\n***\n", "[", "]", "](", ")", "![", "<", ">",
        "https://example.org ", "[x](https://example.org)", "\\", "&amp;", "&", "!", "    ", "\t", "\n    ", "- [ ] ", "1", ".", "=", "\n===\n",
        "é", "🎉", "\r\n", "\r", "~~~", "\n\n\n", "javascript:alert(1)", "\"", "'", "#", "-", "+", ":", "(", "\0",
        "\\(", "\\)", "\\[", "\n\\[\n", "\\]", "$", "\n$$\n", "<sub>", "</sub>", "<br>", "\n<details>\n", "<summary>x</summary>", "\n</details>\n", "</details>", "<details>",
        "[^1]", "\n[^1]: ", "\n> [!NOTE]\n", "\n    ```\n", "，", "「A」", "ア", "م", "\n3. ", "www.a.example", "\n> - ", "\n\n  ", "\\begin{a}",
    ];

    /// <summary>A text thrown together from pieces that mean something, without definitions of links.</summary>
    public static Gen<string> Texts { get; } =
        Gen.Int[0, Fragments.Length - 1].Select(i => Fragments[i]).Array[1, 40].Select(pieces => string.Concat(pieces).Replace("]:", "] :", StringComparison.Ordinal));
}
