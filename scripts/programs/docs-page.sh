#!/usr/bin/env bash
# docs-page.sh FOLDER: runs the blocks of a page in one shell, as a reader does in a terminal. Stops at the first that
# fails. FOLDER has a file for each block, in their order. What a block prints goes to files beside it, and its name to
# file descriptor 3 when it begins and when it ends.
set -eo pipefail
blocks=$1
service=
command=

end_service() {
  [ -n "$service" ] || return 0
  kill -- "-$service" 2>/dev/null || true
  wait "$service" 2>/dev/null || true
  service=
  # Compose keeps what it has stopped.
  case $command in
    *'docker compose'*) docker compose down --volumes >/dev/null 2>&1 || true ;;
  esac
}
trap end_service EXIT

# is_ready URL [any]: whether a server answers, with any status. The service also has to have loaded all models: a reader is
# slower than a program.
is_ready() {
  DOCS_ANY_STATUS=${2:-} curl -s -o /dev/null --max-time 2 "$1" || return 1
  case $1 in
    */ready) ! curl -s --max-time 2 "${1%ready}models" | grep -q '"loading"' ;;
  esac
}

# serve URL COMMAND [any]: starts what runs until the reader stops it, and waits until it is ready.
serve() {
  end_service
  command=$2
  # In a process group of its own, so that all of it can be ended.
  set -m
  bash -c "$command" >"$blocks/service.log" 2>&1 </dev/null &
  service=$!
  set +m
  local tries=0
  until is_ready "$1" "${3:-}"; do
    tries=$((tries + 1))
    if ! kill -0 "$service" 2>/dev/null || [ $tries -gt 300 ]; then
      echo "expected an answer from $1, got none. $command printed:" >&2
      tail -n 20 "$blocks/service.log" >&2
      return 1
    fi
    sleep 0.1
  done
}

for block in "$blocks"/[0-9]*; do
  case $block in
    *.out | *.err | *.status) continue ;;
  esac
  echo "begin ${block##*/}" >&3
  # A curl that gets an error fails, unless the page shows the error.
  DOCS_ANY_STATUS=
  if [ -e "$block.status" ]; then DOCS_ANY_STATUS=1; fi
  export DOCS_ANY_STATUS
  # shellcheck disable=SC1090 # a block of a page
  case $block in
    *.sh) . "$block" >"$block.out" 2>"$block.err" 3>&- ;;
    *.py) python3 "$block" >"$block.out" 2>"$block.err" 3>&- ;;
    *) node "$block" >"$block.out" 2>"$block.err" 3>&- ;;
  esac
  echo "end ${block##*/}" >&3
done
