#!/usr/bin/env bash
# docs-page.sh FOLDER: runs the blocks of a page in one shell, as a reader does in a terminal. Stops at the first that
# fails. FOLDER has a file for each block, in their order. What a block prints goes to files beside it, and its name to
# file descriptor 3 when it begins and when it ends.
set -eo pipefail
# Blocks share the variables of this shell. One named like these would replace it.
DOCS_BLOCKS=$1
DOCS_SERVICE=
DOCS_COMMAND=

end_service() {
  [ -n "$DOCS_SERVICE" ] || return 0
  kill -- "-$DOCS_SERVICE" 2>/dev/null || true
  wait "$DOCS_SERVICE" 2>/dev/null || true
  DOCS_SERVICE=
  # Compose keeps what it has stopped.
  case $DOCS_COMMAND in
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
  DOCS_COMMAND=$2
  # In a process group of its own, so that all of it can be ended.
  set -m
  bash -c "$DOCS_COMMAND" >"$DOCS_BLOCKS/service.log" 2>&1 </dev/null &
  DOCS_SERVICE=$!
  set +m
  local tries=0
  until is_ready "$1" "${3:-}"; do
    tries=$((tries + 1))
    if ! kill -0 "$DOCS_SERVICE" 2>/dev/null || [ $tries -gt 300 ]; then
      echo "expected an answer from $1, got none. $DOCS_COMMAND printed:" >&2
      tail -n 20 "$DOCS_BLOCKS/service.log" >&2
      return 1
    fi
    sleep 0.1
  done
}

for DOCS_BLOCK in "$DOCS_BLOCKS"/[0-9]*; do
  case $DOCS_BLOCK in
    *.out | *.err | *.status) continue ;;
  esac
  # A block may have changed them.
  set -eo pipefail
  echo "begin ${DOCS_BLOCK##*/}" >&3
  # A curl that gets an error fails, unless the page shows the error.
  DOCS_ANY_STATUS=
  if [ -e "$DOCS_BLOCK.status" ]; then DOCS_ANY_STATUS=1; fi
  export DOCS_ANY_STATUS
  # shellcheck disable=SC1090 # a block of a page
  case $DOCS_BLOCK in
    *.sh) . "$DOCS_BLOCK" >"$DOCS_BLOCK.out" 2>"$DOCS_BLOCK.err" 3>&- ;;
    *.py) python3 "$DOCS_BLOCK" >"$DOCS_BLOCK.out" 2>"$DOCS_BLOCK.err" 3>&- ;;
    *) node "$DOCS_BLOCK" >"$DOCS_BLOCK.out" 2>"$DOCS_BLOCK.err" 3>&- ;;
  esac
  echo "end ${DOCS_BLOCK##*/}" >&3
done
