# shellcheck shell=bash
# For other scripts to source.

# Ends with 1 if a program is missing.
require() { # program what-to-do
  command -v "$1" >/dev/null || { echo "$1 is not installed. $2" >&2; exit 1; }
}

require_docker() {
  require docker 'Install Docker Engine or Docker Desktop, and start it: https://docs.docker.com/engine/install'
  docker version >/dev/null 2>&1 || { echo 'The Docker engine does not answer. Start it, for example: sudo systemctl start docker; see docs/troubleshooting.md#the-docker-engine-does-not-answer' >&2; exit 1; }
}

require_python() {
  require python3 'Install Python 3.11 or newer with its module venv (Debian: apt-get install python3-venv).'
  python3 -c 'import venv, ensurepip' 2>/dev/null || { echo 'python3 lacks its module venv (Debian: apt-get install python3-venv).' >&2; exit 1; }
}

# Installs a package of PyPI into a virtual environment, unless that has this version.
from_pypi() { # folder name==version
  require_python
  [ "$(cat "$1/installed" 2>/dev/null)" != "$2" ] || return 0
  rm -rf "$1"
  python3 -m venv "$1"
  "$1/bin/pip" install --quiet --disable-pip-version-check "$2"
  echo "$2" >"$1/installed"
}
