#!/usr/bin/env bash
# Makes sure that a Docker engine is running: uses a running one, or installs and starts one as root on
# Debian. Otherwise prints one line and exits with 1.
set -euo pipefail

docker info >/dev/null 2>&1 && exit 0
if ! command -v dockerd >/dev/null; then
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo 'Expected a running Docker engine, or root on Debian to install one; got neither. Install Docker and start it: https://docs.docker.com/engine/install' >&2
    exit 1
  fi
  apt-get update -qq && apt-get install -y -qq --no-install-recommends docker.io >/dev/null
fi
log=${TMPDIR:-/tmp}/dockerd.log
setsid dockerd >"$log" 2>&1 </dev/null &
for _ in $(seq 60); do
  docker info >/dev/null 2>&1 && exit 0
  sleep 0.5
done
echo "The Docker engine did not start within 30 s, see $log" >&2
exit 1
