#!/usr/bin/env bash
# Checks that the programs of examples/clients work.
set -euo pipefail
cd "$(dirname "$0")/../../.."

usage='Usage: npm run clients:examples

Builds the programs of examples/clients and runs each against the service of this repository. A fake service then is busy,
broken or slow to accept, to see that each program waits, tries again and gives up as docs/errors.md says. Last, it runs the first
requests of docs/api.md.

Needs curl, jq, Python, Go, Rust, Java with Maven, and the crates.io and Maven registries. A program whose tools are missing is
skipped, or fails if CI=true is set.

Examples:
  npm run clients:examples

Exit codes: 0 all programs work; 1 one does not; 2 wrong usage; 130 interrupted'
case $* in
  '') ;;
  -h | --help)
    echo "$usage"
    exit
    ;;
  *)
    printf 'Expected no arguments, got %s\n%s\n' "$*" "$usage" >&2
    exit 2
    ;;
esac

. test/clients/lib.sh

# Where rustup and Go's own archive put them. Login shells add both, and others do not.
PATH=$PATH:$HOME/.cargo/bin:/usr/local/go/bin
# Compiles less.
export CARGO_PROFILE_DEV_DEBUG=false CGO_ENABLED=0 GOTOOLCHAIN=local

step 'The service'
start_service

step 'The programs'
node test/clients/examples/check.ts "$service_url"

step 'The first requests of docs/api.md'
node test/clients/examples/first-requests.ts "$service_url"

step 'The example clients work'
