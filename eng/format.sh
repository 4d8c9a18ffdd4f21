#!/usr/bin/env bash
# Formats the C# code: line breaks, spaces and indentation as .editorconfig says. `eng/format.sh --check` changes nothing, names
# what it would change, and fails if there is anything. Builds nothing and takes about ten seconds. Needs git and the .NET SDK.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

case "${1:-}" in
  "") check=() ;;
  --check) check=(--verify-no-changes) ;;
  *)
    echo "Usage: eng/format.sh [--check]" >&2
    exit 2
    ;;
esac

# What a merge left behind compiles in a page of documentation.
if git grep -nE '^(<{7}|>{7}|\|{7}) ' -- . >&2; then
  echo "These lines were left by a merge." >&2
  exit 1
fi

# Every file that git does not ignore, except what Entity Framework generates. Folders would bring bin and obj with them.
mapfile -t files < <(git ls-files --cached --others --exclude-standard -- '*.cs' ':!:BlazorChat.Storage/*/Compiled/*' ':!:BlazorChat.Storage/*/Migrations/*')
exec dotnet format whitespace . --folder "${check[@]}" --include "${files[@]}"
