#!/usr/bin/env bash
# Takes the steps of the Dockerfile without a container engine. It reads the instructions from the Dockerfile, restores and
# publishes in a temporary folder from the files that .dockerignore leaves, starts the result as ENTRYPOINT says, waits for
# HEALTHCHECK, requests a page and its script, and stops it with SIGTERM. An instruction, an option or a base image that this script
# does not know is an error, so the two cannot drift apart.
# It builds no image, and neither does CI. The base images and compose.yaml (except for its port and volume) are not tested.
# Needs the .NET SDK. As root, it runs the application as the image's user.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
umask 022

context=$PWD
root=$(mktemp -d "${TMPDIR:-/tmp}/blazorchat-docker-steps.XXXXXX")
chmod 755 "$root"
pid=""
clean() {
  if [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null; then kill -KILL "$pid"; fi
  rm -rf "$root"
}
trap clean EXIT
fail() {
  if [ -f "$root/log" ]; then sed 's/^/  /' "$root/log" >&2; fi
  echo "docker-steps: $*" >&2
  exit 1
}

# What the base images set, as far as it matters here.
declare -A base=(
  ["mcr.microsoft.com/dotnet/sdk:10.0"]="APP_UID=1654 ASPNETCORE_HTTP_PORTS=8080"
  ["mcr.microsoft.com/dotnet/aspnet:10.0"]="APP_UID=1654 ASPNETCORE_HTTP_PORTS=8080"
)
# Only root can change the owner of files.
if [ "$(id -u)" -ne 0 ]; then
  mkdir "$root/bin"
  printf '#!/bin/sh\necho "docker-steps: skipped, not root: chown $*"\n' >"$root/bin/chown"
  chmod +x "$root/bin/chown"
  export PATH="$root/bin:$PATH"
fi

# .dockerignore as regular expressions, and whether each one includes again. The last one that matches a path or a parent of it wins.
ignored=()
included=()
while IFS= read -r pattern; do
  [[ -z $pattern || $pattern == \#* ]] && continue
  if [[ $pattern == !* ]]; then
    included+=(yes)
    pattern=${pattern#!}
  else
    included+=(no)
  fi
  ignored+=("$(sed -e 's/[.]/\\./g' -e 's/\*\*\//\x01/g' -e 's/\*/[^\/]*/g' -e 's/\x01/(.*\/)?/g' -e 's/^/^/' -e 's/$/(\/.*)?$/' <<<"${pattern%/}")")
done <.dockerignore
in_context() {
  local i answer=yes
  for i in "${!ignored[@]}"; do
    if [[ $1 =~ ${ignored[i]} ]]; then answer=${included[i]}; fi
  done
  [ "$answer" = yes ]
}

# The current stage: its name, its files below $root, and what its instructions have set.
stage="" files="" workdir="" user="" volume="" port=""
healthcheck="" entrypoint=""
declare -A variables=()
expand() {
  local text=$1 name
  for name in "${!variables[@]}"; do text=${text//\$$name/${variables[$name]}}; done
  [[ $text != *\$* ]] || fail "unknown variable: $1"
  echo "$text"
}
inside() { case $1 in /*) echo "$files$1" ;; *) echo "$files${workdir%/}/$1" ;; esac; }
environment() {
  local name
  for name in "${!variables[@]}"; do echo "$name=${variables[$name]}"; done
}

copy() {
  local from="" source target file
  if [[ $1 == --from=* ]]; then
    from="$root/stage-${1#--from=}"
    [ -d "$from" ] || fail "COPY from an unknown stage: $1"
    shift
  fi
  [[ $1 != --* ]] || fail "unknown option of COPY: $1"
  target=$(inside "${*: -1}")
  for source in "${@:1:$#-1}"; do
    if [ -n "$from" ]; then
      [ -d "$from$source" ] || fail "COPY from a stage: $source is not a folder"
      mkdir -p "$target"
      cp -a "$from$source/." "$target"
    elif [ -d "$context/$source" ]; then
      # The contents of the folder, not the folder itself.
      while IFS= read -r -d '' file; do
        if in_context "$file"; then
          mkdir -p "$target/$(dirname "${file#"${source%/}"/}")"
          cp -p "$context/$file" "$target/${file#"${source%/}"/}"
        fi
      done < <(cd "$context" && find "${source%/}" -type f -print0)
    else
      [ -f "$context/$source" ] && in_context "$source" || fail "COPY: $source is not in the build context"
      mkdir -p "$target"
      cp -p "$context/$source" "$target/"
    fi
  done
}

run() {
  # Absolute paths are paths below the stage's folder.
  local command
  command=$(sed -E "s#(^|[ =:])(/[A-Za-z0-9_./-]+)#\1$files\2#g" <<<"$1")
  (
    cd "$files$workdir"
    while IFS= read -r variable; do export "${variable?}"; done < <(environment)
    sh -ec "$command"
  ) || fail "a step failed: RUN $1"
}

# The strings of a JSON array, each ended by NUL.
strings() {
  local rest=$1 string='"(([^"\\]|\\.)*)"' text
  while [[ $rest =~ $string ]]; do
    text=${BASH_REMATCH[1]}
    rest=${rest#*"${BASH_REMATCH[0]}"}
    text=${text//\\\"/\"}
    printf '%s\0' "${text//\\\\/\\}"
  done
}

step() {
  local name=$1 rest=$2 word
  echo "docker-steps: $name $rest"
  [ -n "$stage" ] || [ "$name" = FROM ] || fail "instruction before FROM: $name"
  case $name in
    FROM)
      [[ $rest =~ ^(--platform=[^\ ]+\ )?([^\ ]+)(\ AS\ ([a-z]+))?$ ]] || fail "unknown form of FROM: $rest"
      stage=${BASH_REMATCH[4]:-final}
      word=${BASH_REMATCH[2]}
      files="$root/stage-$stage" workdir=/ user="" volume="" port="" healthcheck="" entrypoint=""
      mkdir "$files"
      variables=()
      [ -n "${base[$word]:-}" ] || fail "unknown base image: $word"
      for word in ${base[$word]}; do variables[${word%%=*}]=${word#*=}; done
      ;;
    WORKDIR)
      workdir=$rest
      mkdir -p "$files$workdir"
      ;;
    COPY)
      # shellcheck disable=SC2086 # Split into words.
      copy $rest
      ;;
    RUN) run "$rest" ;;
    ENV)
      for word in $rest; do
        [[ $word == *=* ]] || fail "unknown form of ENV: $rest"
        variables[${word%%=*}]=${word#*=}
      done
      ;;
    VOLUME)
      volume=$rest
      [ -d "$files$volume" ] || fail "VOLUME: there is no folder $volume"
      ;;
    EXPOSE) port=$rest ;;
    USER) user=$(expand "$rest") ;;
    HEALTHCHECK)
      [[ $rest == *" CMD ["*"]" ]] || fail "unknown form of HEALTHCHECK"
      healthcheck="[${rest#* CMD [}"
      ;;
    ENTRYPOINT)
      [[ $rest == "["*"]" ]] || fail "unknown form of ENTRYPOINT"
      entrypoint=$rest
      ;;
    *) fail "unknown instruction: $name" ;;
  esac
}

joined=""
while IFS= read -r line; do
  [[ -z $line || $line == \#* ]] && continue
  if [[ $line == *\\ ]]; then
    joined+="${line%\\}"
    continue
  fi
  line="$joined$line"
  joined=""
  step "${line%% *}" "${line#* }"
done <Dockerfile

# The settings of the final stage must be consistent, also with compose.yaml.
[ -n "$entrypoint" ] && [ -n "$healthcheck" ] || fail "the last stage has no ENTRYPOINT or no HEALTHCHECK"
[[ $user =~ ^[1-9][0-9]*$ ]] || fail "the last stage must run as a user other than root, given as a number; it runs as '$user'"
[ "${variables[ASPNETCORE_HTTP_PORTS]}" = "$port" ] || fail "EXPOSE $port, but ASPNETCORE_HTTP_PORTS=${variables[ASPNETCORE_HTTP_PORTS]}"
[ -n "$volume" ] && [ "${variables[DataFolder]:-}" = "$volume" ] || fail "VOLUME $volume, but DataFolder=${variables[DataFolder]:-}"
grep -qE "^ +- \"[0-9.:]+:$port\"$" compose.yaml || fail "compose.yaml publishes another port than $port"
grep -qE "^ +- [a-z]+:$volume$" compose.yaml || fail "compose.yaml mounts no volume at $volume"

# As in the image, except for the port and the root folder. Nothing comes from this machine's environment.
free_port() {
  local candidate
  for _ in $(seq 50); do
    candidate=$((20000 + RANDOM % 20000))
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$candidate") 2>/dev/null; then
      echo "$candidate"
      return
    fi
  done
  fail "no free port"
}
variables[ASPNETCORE_HTTP_PORTS]=$(free_port)
variables[DataFolder]=$files$volume
mapfile -t settings < <(environment)
settings+=("PATH=$PATH" "HOME=$root" ${DOTNET_ROOT:+"DOTNET_ROOT=$DOTNET_ROOT"})
mapfile -d '' -t command < <(strings "$entrypoint")
mapfile -d '' -t check < <(strings "$healthcheck")
as_user=()
if [ "$(id -u)" -eq 0 ]; then
  as_user=(setpriv "--reuid=$user" "--regid=$user" --clear-groups)
  "${as_user[@]}" dotnet --list-runtimes >/dev/null 2>&1 || fail "user $user cannot run the dotnet that is installed here"
fi

get() {
  exec 3<>"/dev/tcp/127.0.0.1/${variables[ASPNETCORE_HTTP_PORTS]}"
  printf 'GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n' "$1" >&3
  tr -d '\0' <&3
  exec 3>&-
}

echo "docker-steps: starting it"
touch "$root/before"
(
  cd "$files$workdir"
  exec "${as_user[@]}" env -i "${settings[@]}" "${command[@]}"
) >"$root/log" 2>&1 &
pid=$!
ready=""
for _ in $(seq 60); do
  if env -i "${settings[@]}" "${check[@]}" 2>/dev/null; then
    ready=yes
    break
  fi
  if ! kill -0 "$pid" 2>/dev/null; then break; fi
  sleep 1
done
[ -n "$ready" ] || fail "it did not become healthy"

page=$(get /join)
[[ $page == "HTTP/1.1 200 "*BlazorChat* ]] || fail "the page for joining was not served: ${page%%$'\r'*}"
[[ $page =~ src=\"(_framework/blazor\.web[^\"]*\.js)\" ]] || fail "the page does not reference its script"
script=$(get "/${BASH_REMATCH[1]}")
[[ $script == "HTTP/1.1 200 "* ]] || fail "the page's script was not served: ${script%%$'\r'*}"
[ -f "$files$volume/blazorchat.db" ] || fail "there is no database in $volume"
written=$(find "$files$workdir" -newer "$root/before")
[ -z "$written" ] || fail "it writes outside of $volume: $written"

echo "docker-steps: stopping it"
kill -TERM "$pid"
for _ in $(seq 15); do
  if ! kill -0 "$pid" 2>/dev/null; then break; fi
  sleep 1
done
if kill -0 "$pid" 2>/dev/null; then fail "it did not stop within 15 seconds"; fi
status=0
wait "$pid" || status=$?
[ "$status" -eq 0 ] || fail "it ended with $status"
pid=""
echo "docker-steps: every step of the Dockerfile passed ($(du -sh "$files$workdir" | cut -f1) published)."
