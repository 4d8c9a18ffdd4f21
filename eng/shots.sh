#!/usr/bin/env bash
# Takes pictures of every screen that the tests look at with axe, in light and dark, as wide as a desktop and as a phone, and compares them with
# those of another commit, made on this machine: fonts differ from one machine to the next.
#   eng/shots.sh            compares with the commit before (with HEAD, if there are changes that are not committed)
#   eng/shots.sh COMMIT     compares with that one
#   eng/shots.sh none       compares with nothing
# Everything is in artifacts/shots; index.html there has what differs, side by side.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
root=$PWD
out=$root/artifacts/shots
filter="Kind=Browser&(FullyQualifiedName~AccessibilityTests|FullyQualifiedName~PeopleTests|FullyQualifiedName~AccountPagesTests|FullyQualifiedName~MessageMenuTests|FullyQualifiedName~SettingsTests|FullyQualifiedName~RoomActivityTests|FullyQualifiedName~PendingApprovalTests|FullyQualifiedName~RoomTitlePageTests|FullyQualifiedName~LookTests)"

# shoot FOLDER: of the tree in the current folder. A test that fails leaves out the screens that come after.
shoot() {
  rm -rf "$1"
  mkdir -p "$1"
  SHOTS="$1" eng/test.sh --filter "$filter" >"$1/log.txt" 2>&1 || true
  tail -n 1 "$1/log.txt"
}

before=${1:-HEAD$([ -z "$(git status --porcelain)" ] && echo '^' || true)}
shoot "$out/now"
if [ "$before" != none ]; then
  tree=$(mktemp -d)
  trap 'git worktree remove --force "$tree"' EXIT
  git worktree add --quiet --detach "$tree" "$before"
  (cd "$tree" && shoot "$out/before")
fi
node eng/shots/compare.mjs "$out" "$root/BlazorChat.Tests/bin/Release/net10.0/.playwright/package/index.js"
