// How a language of a fence is coloured and what a file of it is called: its names, the grammar of highlight.js if there is one, the
// file's ending. CodeLanguage.cs knows what people call it.
const LANGUAGES = `
asciidoc adoc||adoc
asm assembly nasm x86asm armasm||asm
astro|xml|astro
awk gawk||awk
bat batch cmd dos||bat
bicep||bicep
bibtex bib||bib
c h|c|c
csharp cs c# csx|csharp|cs
cpp c++ cc cxx hpp hh cuda cu|cpp|cpp
clojure clj cljs edn|clojure|clj
cmake||cmake
cobol||cbl
lisp common-lisp||lisp
css|css|css
csv||csv
d||d
dart|dart|dart
delphi pascal objectpascal||pas
diff patch|diff|diff
dockerfile docker containerfile|dockerfile|dockerfile
dot graphviz||dot
elixir ex exs|elixir|ex
elm||elm
erlang erl|erlang|erl
fsharp fs f# fsx|fsharp|fs
fortran f90 f95||f90
glsl|c|glsl
go golang|go|go
gradle groovy|java|gradle
graphql gql|graphql|graphql
haskell hs|haskell|hs
hcl terraform tf||tf
html xhtml htm|xml|html
http https||http
ini properties conf cfg editorconfig gitconfig env dotenv|ini|ini
java jsp|java|java
javascript js mjs cjs node|javascript|js
jinja jinja2 django|xml|html
json jsonc json5 geojson|json|json
jsonl ndjson|json|jsonl
jsx|javascript|jsx
julia jl||jl
kotlin kt kts|kotlin|kt
latex tex||tex
less|less|less
log||log
lua|lua|lua
makefile make mk|makefile|mk
markdown md mdx|markdown|md
matlab||m
mermaid||mmd
nginx nginxconf|nginx|conf
nim||nim
nix||nix
objectivec objective-c objc obj-c|objectivec|m
ocaml ml||ml
perl pl pm|perl|pl
php|php|php
plantuml puml||puml
powershell ps ps1 pwsh|powershell|ps1
prolog||pro
protobuf proto|protobuf|proto
python py python3 py3 gyp ipython|python|py
r rlang|r|r
razor cshtml|xml|razor
ruby rb gemspec podspec|ruby|rb
rust rs|rust|rs
sass|scss|sass
scala sbt|scala|scala
scheme scm racket||scm
scss|scss|scss
shell bash sh zsh fish console shellsession shell-session terminal|bash|sh
solidity sol||sol
sql mysql pgsql postgres postgresql sqlite tsql plsql|sql|sql
svelte|xml|svelte
svg|xml|svg
swift|swift|swift
text txt plaintext plain||txt
toml|ini|toml
tsx|typescript|tsx
typescript ts mts cts|typescript|ts
vb vbnet vb.net visualbasic visual-basic|vbnet|vb
vue|xml|vue
wasm wat||wat
xaml axaml|xml|xaml
xml rss atom xsd xsl xslt plist csproj resx|xml|xml
yaml yml|yaml|yml
zig||zig`;

const known = new Map();
for (const line of LANGUAGES.trim().split('\n')) {
  const [names, grammar, ending] = line.split('|');
  names.split(' ').forEach(name => known.set(name, { grammar, ending }));
}

/** The grammar of highlight.js for a language in lower case, or an empty string. */
export const grammarOf = language => known.get(language)?.grammar ?? '';

/** What a file with code of this language is called. */
export const fileOf = language => language?.startsWith('docker') ? 'Dockerfile' : `code.${known.get(language)?.ending ?? 'txt'}`;
