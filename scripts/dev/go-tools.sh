#!/usr/bin/env bash
# Provides the tools written in Go, in the versions below: the only place that has them.
set -euo pipefail
cd "$(dirname "$0")/../.."

usage='Usage: scripts/dev/go-tools.sh NAME...

Prints a folder for PATH that has the given tools: actionlint, cosign, crane, oasdiff, oras, syft, vale. A tool that is on
PATH in the right version is used as it is. Go compiles each other one once, into .cache/go-tools, and verifies its source
with the checksum database of Go. cosign and syft take some minutes.

  --versions  prints the versions instead, without a folder
  --help      prints this text

Exit codes: 0 done; 1 failed; 2 wrong usage; 130 interrupted'

# Renovate updates the versions. A line has a module, its version, and the folder of the command in the module.
# renovate: datasource=go
modules='
github.com/rhysd/actionlint v1.7.12 cmd/actionlint
github.com/sigstore/cosign/v3 v3.1.3 cmd/cosign
github.com/google/go-containerregistry v0.22.1 cmd/crane
github.com/oasdiff/oasdiff v1.37.0 .
oras.land/oras v1.3.6 cmd/oras
github.com/anchore/syft v1.57.1 cmd/syft
github.com/vale-cli/vale/v3 v3.22.0 cmd/vale
'

refuse() { echo "$1"$'\n'"${usage%%$'\n'*}" >&2; exit 2; }

# Sets module, version and package of a tool.
find_tool() { # name
  local folder
  while read -r module version folder; do
    package=$module
    if [ "${folder:-.}" != . ]; then package=$module/$folder; fi
    if [ -n "$module" ] && [ "${package##*/}" = "$1" ]; then return; fi
  done <<<"$modules"
  refuse "Expected actionlint, cosign, crane, oasdiff, oras, syft or vale, got $1"
}

# Go records the version of the module in a program. Some tools that others have compiled lack it there, but print it.
has_version() { # file
  local pattern="(^|[^0-9.])v?${version#v}([^0-9.]|$)"
  if go version -m "$1" 2>/dev/null | grep -qF "$module"$'\t'"$version"; then return; fi
  { "$1" version || "$1" --version; } 2>/dev/null </dev/null | grep -qE "${pattern//./\\.}"
}

case ${1:-} in
  '') refuse 'Expected the name of a tool, got nothing' ;;
  --help) echo "$usage"; exit ;;
  --versions) awk 'NF { print $1, $2 }' <<<"$modules"; exit ;;
esac

cache=$PWD/.cache/go-tools
mkdir -p "$cache/bin"
own=$cache/bin
path=$(tr ':' '\n' <<<"$PATH" | grep -vxF "$own" | paste -sd:)
for name; do
  find_tool "$name"
  found=$(PATH=$path command -v "$name" || true)
  if [ -z "$found" ] || ! has_version "$found"; then
    found=$cache/$name@$version/$name
    if [ ! -x "$found" ]; then
      command -v go >/dev/null || { echo "Expected $name $version on PATH, or Go to compile it; got neither" >&2; exit 1; }
      echo "Compiling $name $version" >&2
      built=$(mktemp -d "$cache/build.XXXXXX")
      trap 'rm -rf "$built"' EXIT
      # syft states its own version in what it writes.
      GOFLAGS='' GOBIN=$built go install -trimpath -ldflags "-X main.version=${version#v}" "$package@$version" >&2
      mkdir -p "$cache/$name@$version"
      mv "$built/$name" "$found"
      rm -rf "$built"
    fi
  fi
  # Two runs at the same time may both write the link: it is replaced whole.
  link=$(mktemp -u "$own/.$name.XXXXXX")
  ln -s "$found" "$link"
  mv -f "$link" "$own/$name"
done
echo "$own"
