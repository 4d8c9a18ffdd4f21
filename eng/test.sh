#!/usr/bin/env bash
# Checks the formatting, builds everything and passes all tests, from a fresh clone on a fresh machine. Installs what the tests need and is
# missing: chromium for the browser tests, PostgreSQL (tests start a server of their own in a temporary folder), nginx and Caddy, node for
# the model server and the MCP server that nobody here wrote (eng/aimock, eng/mcp). Needs the .NET SDK.
# Options are handed to `dotnet test`, for example: eng/test.sh --filter FullyQualifiedName~Rooms
# `eng/test.sh fast` runs what needs no process and no browser, on SQLite alone: under a minute after the build.
# `eng/test.sh soak` repeats in full what the ordinary run takes samples of: kills, turns that could leak, random walks.
set -euo pipefail
# One at a time there: walks keep a core busy for minutes, and a kill loses more on a busy machine than it may.
runner=()
if [ "${1:-}" = soak ]; then
  export BLAZORCHAT_SOAK=1
  runner=(-- xUnit.MaxParallelThreads=1)
  shift
fi
fast=""
if [ "${1:-}" = fast ]; then
  shift
  fast=yes
  set -- --filter "(Kind=Unit|Kind=Component|Kind=Storage)&FullyQualifiedName!~OnPostgres&DisplayName!~PostgreSQL" "$@"
fi
cd "$(dirname "${BASH_SOURCE[0]}")/.."

install() {
  local sudo=""
  if [ "$(id -u)" -ne 0 ]; then sudo="sudo"; fi
  if ! command -v apt-get >/dev/null; then
    echo "Please install $*: this system has no apt-get." >&2
    exit 1
  fi
  $sudo apt-get update -qq
  DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq "$@" >/dev/null
}

# The chromium without windows takes half the time for the same tests; where there is none of it, any chromium or Chrome does.
has_browser() { command -v chromium || command -v google-chrome; } >/dev/null
if [ -z "$fast" ] && ! command -v chromium-headless-shell >/dev/null && { [ "$(id -u)" -eq 0 ] || ! has_browser; }; then
  (install chromium-headless-shell fonts-noto-color-emoji) || has_browser || install chromium fonts-noto-color-emoji
fi
# Without the cluster and the running service that the package would make: tests start what they need.
install_postgres() {
  local sudo=""
  if [ "$(id -u)" -ne 0 ]; then sudo="sudo"; fi
  install postgresql-common
  $sudo sed -i 's/^#\? *create_main_cluster.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf
  install postgresql
}
# Without the services that the packages would start on this machine's own ports.
install_proxies() {
  local sudo=""
  if [ "$(id -u)" -ne 0 ]; then sudo="sudo"; fi
  $sudo install -d /usr/sbin
  if [ ! -e /usr/sbin/policy-rc.d ]; then
    printf '#!/bin/sh\nexit 101\n' | $sudo tee /usr/sbin/policy-rc.d >/dev/null
    $sudo chmod +x /usr/sbin/policy-rc.d
    trap "$sudo rm -f /usr/sbin/policy-rc.d" EXIT
  fi
  install nginx-light caddy
}
if [ -z "$fast" ]; then
  { command -v nginx || [ -x /usr/sbin/nginx ]; } >/dev/null && command -v caddy >/dev/null || install_proxies
  compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null || install_postgres
  command -v npm >/dev/null || install nodejs npm
fi
# Beside the build, which needs none of it.
install_packages() {
  [ -z "$fast" ] || return 0
  [ -d eng/aimock/node_modules/@copilotkit/aimock ] || npm install --prefix eng/aimock --no-audit --no-fund --silent
  [ -d eng/mcp/node_modules/@modelcontextprotocol/server-everything ] || npm install --prefix eng/mcp --no-audit --no-fund --silent
}
install_packages &
packages=$!
# Takes about ten seconds, also beside the build.
eng/format.sh --check &
format=$!

# A copy of the framework's script that earlier versions of this repository kept there, git-ignored: beside the framework's own
# it breaks the build ("Conflicting assets with the same target path").
rm -rf BlazorChat/wwwroot/_framework

configuration=Release
dotnet build BlazorChat.sln -c "$configuration" --nologo -v quiet
wait "$packages"
if ! wait "$format"; then
  echo "The formatting check failed, see above. To fix the formatting, run eng/format.sh." >&2
  exit 1
fi

# Hexadecimal. What runs this often is compiled a second time, instead of after 30 calls: most of a test's code is not worth it.
export DOTNET_TC_CallCountThreshold=400
# Hexadecimal bytes. Hundreds of applications come and go in the process of the tests: fewer collections are less work.
export DOTNET_GCgen0size=4000000
results="artifacts/tests/results.trx"
rm -f "$results"
status=0
dotnet test BlazorChat.Tests -c "$configuration" --no-build --nologo \
  --logger "console;verbosity=minimal" --logger "trx;LogFileName=$PWD/$results" "$@" ${runner[@]+"${runner[@]}"} || status=$?

# What failed once more, where nobody has to look for it, and the closing line, counted from the result file: N passed, N failed,
# N skipped.
if [ ! -f "$results" ]; then
  echo "No test was run." >&2
  exit 1
fi
{ grep '<UnitTestResult .*outcome="Failed"' "$results" || true; } | sed 's/.* testName="\([^"]*\)".*/Failed: \1/'
count() { grep -o "<Counters [^>]*" "$results" | grep -o " $1=\"[0-9]*\"" | grep -o '[0-9]*'; }
total=$(count total); passed=$(count passed); executed=$(count executed)
failed=$((executed - passed))
if [ "$executed" -eq 0 ]; then status=1; fi
echo "$passed passed, $failed failed, $((total - executed)) skipped"
exit "$status"
