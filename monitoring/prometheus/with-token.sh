#!/bin/sh
# Usage: with-token.sh COMMAND...
# Runs a command that finds ADMIN_TOKEN in the file TOKEN_FILE. Prometheus reads credentials from files only.
set -eu
: "${ADMIN_TOKEN:?expected the token that /metrics requires. docs/live-view.md has the command that makes one}"
umask 077
printf %s "$ADMIN_TOKEN" >"$TOKEN_FILE"
unset ADMIN_TOKEN
exec "$@"
