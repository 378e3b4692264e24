#!/usr/bin/env bash
# Checks that clients generated from docs/openapi.json work, and the Python programs of docs/webhooks.md and docs/authentication.md.
set -euo pipefail
cd "$(dirname "$0")/../.."

usage='Usage: npm run clients

Lints docs/openapi.json and generates a client from it in TypeScript, Python and Go. Compiles each with a program
that uses it, and runs the program against the service of this repository. Sends webhooks to the receiver of docs/webhooks.md
that uses the package standardwebhooks from PyPI. Runs the examples of docs/authentication.md.

Needs Python 3.11 or newer, and the npm, PyPI and Go registries. Generated code goes to .clients/, which Git ignores.

Examples:
  npm run clients

Exit codes: 0 all clients work; 1 one does not; 2 wrong usage; 130 interrupted'
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

. scripts/dev/require.sh
require_python
require go 'Install Go: https://go.dev/doc/install'

root=$PWD
document=$PWD/docs/openapi.json
photo=$PWD/examples/cat.jpg
work=$PWD/.clients

. test/clients/lib.sh

mkdir -p "$work"
for language in typescript python go; do
  rm -rf "$work/$language/api"
  cp -R "test/clients/$language" "$work/"
done

step 'Packages'
quietly npm ci --prefix "$work/typescript"
[ -x "$work/venv/bin/python" ] || quietly python3 -m venv "$work/venv"
quietly "$work/venv/bin/pip" install --disable-pip-version-check --requirement "$work/python/requirements.txt"
export PATH=$work/venv/bin:$PATH
# Uses the toolchain of the virtual environment, and ignores Go settings of this machine.
export GOTOOLCHAIN=local GOFLAGS=-mod=readonly CGO_ENABLED=0
unset GOROOT

step 'redocly lint'
export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true
quietly "$work/typescript/node_modules/.bin/redocly" lint --max-problems 1000 "$document"

step 'The service'
start_service

step 'TypeScript: openapi-typescript and openapi-fetch'
cd "$work/typescript"
node generate.ts "$document"
node_modules/.bin/tsc
node main.ts "$service_url" "$photo"

step 'Python: openapi-python-client'
cd "$work/python"
quietly openapi-python-client generate --path "$document" --output-path api --overwrite --meta none
# Errors in main.py only: the generated code does not pass mypy's strict mode.
mypy --strict --follow-imports silent --no-error-summary main.py
python main.py "$service_url" "$photo"

step 'Go: oapi-codegen'
cd "$work/go"
mkdir -p api
# The first run compiles the generator, which takes about a minute.
quietly go tool oapi-codegen -config oapi-codegen.yaml "$document"
go vet ./...
go run . "$service_url" "$photo"

step 'Python: standardwebhooks'
cd "$root"
node test/clients/webhooks.ts

step 'Python: botocore'
python -c 'import botocore'
# Without CI, which would let vitest replace the report of all tests.
quietly env -u CI node_modules/.bin/vitest run test/snippets/authentication.test.ts

step 'Three generated clients, a receiver of webhooks and signed requests work'
