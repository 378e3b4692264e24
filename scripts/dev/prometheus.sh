#!/usr/bin/env bash
# Prints the folder of prometheus and promtool: those in PATH, or those of Debian's package, unpacked into .cache/prometheus/.
# Installing the package would start a server on port 9090.
set -euo pipefail
cd "$(dirname "$0")/../.."
if found=$(command -v promtool) && command -v prometheus >/dev/null; then
  dirname "$found"
  exit
fi
folder=$PWD/.cache/prometheus
if [ ! -x "$folder/usr/bin/promtool" ]; then
  download=$(mktemp -d)
  trap 'rm -rf "$download"' EXIT
  cd "$download"
  { apt-get download -qq prometheus || { apt-get update -qq && apt-get download -qq prometheus; }; } >&2
  mkdir -p "$folder"
  dpkg-deb --extract prometheus_*.deb "$folder"
fi
echo "$folder/usr/bin"
