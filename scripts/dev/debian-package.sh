#!/usr/bin/env bash
# Prints the folder of the programs of a Debian package, without installing it for the whole system: some packages would
# start a server.
set -euo pipefail
cd "$(dirname "$0")/../.."

usage='Usage: scripts/dev/debian-package.sh PACKAGE [PROGRAM]

Prints a folder for PATH that has PROGRAM: where it is, if it is on PATH, or else in .cache/debian/PACKAGE/, where this unpacks
the package. PROGRAM is the name of the package if it is not given. Needs Debian or Ubuntu for what is not on PATH.

  --help  prints this text

Exit codes: 0 done; 1 failed; 2 wrong usage; 130 interrupted'
case $#,${1:-} in
  *,--help) echo "$usage"; exit ;;
  1,* | 2,*) ;;
  *) echo "Expected the name of a package, got $# arguments"$'\n'"${usage%%$'\n'*}" >&2; exit 2 ;;
esac
package=$1 program=${2:-$1}

if found=$(command -v "$program"); then
  dirname "$found"
  exit
fi
folder=$PWD/.cache/debian/$package
if [ ! -x "$folder/usr/bin/$program" ]; then
  command -v apt-get >/dev/null || { echo "Expected $program on PATH, or Debian to unpack its package $package; got neither" >&2; exit 1; }
  as_root=()
  [ "$(id -u)" = 0 ] || as_root=(sudo)
  download=$(mktemp -d)
  trap 'rm -rf "$download"' EXIT
  cd "$download"
  { apt-get download -qq "$package" || { "${as_root[@]}" apt-get update -qq && apt-get download -qq "$package"; }; } >&2
  mkdir -p "$folder"
  dpkg-deb --extract "$package"_*.deb "$folder"
fi
echo "$folder/usr/bin"
