#!/bin/sh
# The convention of AWS's base images, which SAM and other emulators rely on: the command is a handler's name. Beyond it,
# the command "http" runs the HTTP server.
set -eu

if [ "${1:-}" = http ]; then
  exec node local.mjs
elif [ -n "${AWS_LAMBDA_RUNTIME_API:-}" ]; then
  exec node node_modules/aws-lambda-ric/index.mjs "$@"
else
  exec aws-lambda-rie node node_modules/aws-lambda-ric/index.mjs "$@"
fi
