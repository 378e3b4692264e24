# shellcheck shell=bash
# What the tests of clients share. Source it in the root of the repository.

step() { printf -- '-- %s (%ss)\n' "$1" "$SECONDS"; }

# Prints what a command says only if it fails.
quietly() {
  local log
  log=$(mktemp)
  "$@" >"$log" 2>&1 || { cat "$log"; exit 1; }
  rm "$log"
}

background=()
data=$(mktemp -d)
trap 'kill "${background[@]}" 2>/dev/null || true; rm -rf "$data"' EXIT

# Runs a program until the shell exits, and waits until it prints its URL.
# Usage: start VARIABLE PATTERN COMMAND...; the variable gets what the group in the pattern matches.
start() {
  local variable=$1 pattern=$2 log url
  shift 2
  log=$(mktemp)
  "$@" >"$log" 2>&1 &
  background+=($!)
  for _ in $(seq 240); do
    url=$(sed -nE "s/$pattern/\1/p" "$log")
    if [ -n "$url" ]; then
      printf -v "$variable" %s "$url"
      return
    fi
    kill -0 $! || { cat "$log"; exit 1; }
    sleep 0.25
  done
  printf 'expected %s to be ready within a minute\n' "$*"
  cat "$log"
  exit 1
}

# Starts the service of this repository on a free port. Sets service_url.
# shellcheck disable=SC2034 # the scripts that source this use it
service_url=
start_service() { PORT=0 DATA_DIR=$data start service_url '.*Ready on (http:[^" ]*).*' node lambda/server.ts; }
