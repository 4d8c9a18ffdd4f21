#!/usr/bin/env bash
# Brings BlazorChat/wwwroot/lib: the libraries that browsers load from this server, in the versions of package.json, each with its license.
# The folder is committed, so neither a build nor a start needs this. Needs npm.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
lib=../../BlazorChat/wwwroot/lib

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp package.json "$work"
npm install --prefix "$work" --ignore-scripts --no-audit --no-fund --silent
from=$work/node_modules

# highlight.js: its core and a file for each language that js/code-languages.js names.
rm -rf "$lib/highlight"
mkdir -p "$lib/highlight/languages"
cp "$from/@highlightjs/cdn-assets/LICENSE" "$from/@highlightjs/cdn-assets/es/core.min.js" "$lib/highlight"
mapfile -t grammars < <(sed -n 's/^[^|]*|\([a-z]\{1,\}\)|[^|]*$/\1/p' ../../BlazorChat/wwwroot/js/code-languages.js | sort -u)
for grammar in "${grammars[@]}"; do
  cp "$from/@highlightjs/cdn-assets/es/languages/$grammar.min.js" "$lib/highlight/languages"
done

# KaTeX: its script, its style sheet and the fonts in the format that every browser knows.
rm -rf "$lib/katex"
mkdir -p "$lib/katex/fonts"
cp "$from/katex/LICENSE" "$from/katex/dist/katex.min.js" "$from/katex/dist/katex.min.css" "$lib/katex"
cp "$from/katex/dist/fonts/"*.woff2 "$lib/katex/fonts"
