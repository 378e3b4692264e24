#!/usr/bin/env bash
# Checks that stock clients of the Open Inference Protocol work.
set -euo pipefail
cd "$(dirname "$0")/../../.."

usage='Usage: npm run clients:protocol [-- URL]

Calls a service with the Python clients of Triton and KServe, and compares each result with POST /predict. Prints one
line for each call. Without a URL it starts the service of this repository, calls it also under a path, and runs the
examples of docs/inference-protocol.md.

The URL of a deployment may have a path. Its key is read from API_KEY, a token from API_TOKEN.

Needs Python 3.11 or newer, and PyPI. Its virtual environment of 520 MB goes to .clients/, which Git ignores.

Examples:
  npm run clients:protocol
  npm run clients:protocol -- https://api.example.com/prod

Exit codes: 0 all calls work; 1 one does not; 2 wrong usage; 130 interrupted'
case ${1-} in
  '') ;;
  -h | --help)
    echo "$usage"
    exit
    ;;
  http://* | https://*) ;;
  *)
    printf 'Expected a URL, got %s\n%s\n' "$*" "$usage" >&2
    exit 2
    ;;
esac

. scripts/dev/require.sh
require_python

programs=test/clients/protocol
photos=(examples/cat.jpg examples/espresso.jpg examples/cat.png)

. test/clients/lib.sh

step 'Packages'
venv=.clients/protocol
[ -x $venv/bin/python ] || quietly python3 -m venv $venv
quietly $venv/bin/pip install --disable-pip-version-check --requirement $programs/requirements.txt
# The programs leave nothing behind.
export PATH=$PWD/$venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1

call() {
  python $programs/triton_http.py "$1"
  python $programs/triton_aio.py "$1"
  python $programs/image_client.py "$1" "${photos[@]}"
  python $programs/kserve_rest.py "$1"
}

if [ $# -gt 0 ]; then
  step "$1"
  call "${1%/}"
else
  step 'The service'
  start_service
  call "$service_url"

  step 'The service under a path'
  proxy_url=
  start proxy_url '(http:.*)' node $programs/base-path.ts "$service_url" /models/stage
  call "$proxy_url"

  step 'The examples of docs/inference-protocol.md'
  python $programs/examples.py "$service_url" docs/inference-protocol.md
fi

step 'Stock clients work'
