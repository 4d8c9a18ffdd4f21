#!/usr/bin/env bash
# Tries a real Ollama server with the tests that the ordinary run passes against a stub of its protocol. They are not among the
# tests that eng/test.sh counts. Needs the .NET SDK, and a model with tools that the server has, for example:
#   OLLAMA_HOST=gpu:11434 OLLAMA_MODEL=qwen3:8b eng/try-ollama.sh
# OLLAMA_HOST may be left out for the server on this machine. Options are handed to `dotnet test`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if [ -z "${OLLAMA_MODEL:-}" ]; then
  echo "Set OLLAMA_MODEL to a model with tools that the server has, for example OLLAMA_MODEL=qwen3:8b." >&2
  exit 1
fi

# In folders of its own: the ordinary build must not find these tests.
exec dotnet test BlazorChat.Tests -p:TryOllama=true --artifacts-path artifacts/try-ollama --nologo \
  --filter FullyQualifiedName~RealOllamaTests --logger "console;verbosity=normal" "$@"
