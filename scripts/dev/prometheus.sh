#!/usr/bin/env bash
# Prints the folder of prometheus and promtool. Installing Debian's package would start a server on port 9090.
set -euo pipefail
exec "$(dirname "$0")/debian-package.sh" prometheus promtool
