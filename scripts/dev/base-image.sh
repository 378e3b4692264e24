#!/usr/bin/env bash
# Builds a substitute for the Dockerfile's base image if that cannot be pulled: Debian bookworm from
# debootstrap, Node.js and npm from the npm registry, and the certificates that this machine trusts. Prints
# the build arguments to use. If the base image can be pulled, builds and prints nothing.
#   docker build $(scripts/dev/base-image.sh [amd64|arm64]) .
set -euo pipefail
cd "$(dirname "$0")/../.."

arch=${1:-amd64}
name=$(sed -n 's/^ARG NODE_IMAGE=//p' Dockerfile)
digest=$(sed -n 's/^ARG NODE_DIGEST=//p' Dockerfile)
# The tag contains the hash of this script, so that a changed script builds a new image.
stand_in=stand-in/node:24-bookworm-slim-$arch-$(sha256sum scripts/dev/base-image.sh | cut -c 1-12)

if docker pull --quiet --platform "linux/$arch" "$name$digest" >/dev/null 2>&1; then exit 0; fi
echo "--build-arg NODE_IMAGE=$stand_in --build-arg NODE_DIGEST="
if docker image inspect "$stand_in" >/dev/null 2>&1; then exit 0; fi

echo "$name cannot be pulled: building a substitute" >&2
if ! command -v debootstrap >/dev/null; then
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends debootstrap; } >/dev/null
fi
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
debootstrap --variant=minbase --arch="$arch" --include=ca-certificates bookworm "$root/fs" >/dev/null

unpack() { # package@version directory
  (cd "$root" && npm pack --silent "$1" >/dev/null && mkdir -p "$2" && tar -xzf ./*.tgz --strip-components=1 -C "$2" && rm ./*.tgz)
}
node_version=$(sed -n 's/^ *"node": "\(24.*\)".*/\1/p' package.json)
unpack "node-linux-${arch/amd64/x64}@$node_version" "$root/fs/usr/local"
unpack npm@11 "$root/fs/usr/local/lib/node_modules/npm"
ln -s ../lib/node_modules/npm/bin/npm-cli.js "$root/fs/usr/local/bin/npm"
# This machine's Debian mirrors, including security updates.
rm -f "$root/fs/etc/apt/sources.list"
for sources in /etc/apt/sources.list /etc/apt/sources.list.d/debian.sources; do
  if [ -f "$sources" ]; then install -D -m 644 "$sources" "$root/fs$sources"; fi
done
cp /etc/ssl/certs/ca-certificates.crt "$root/fs/etc/ssl/certs/ca-certificates.crt"
install -D -m 644 /dev/stdin "$root/fs/usr/local/etc/npmrc" <<<'cafile=/etc/ssl/certs/ca-certificates.crt'
echo 'node:x:1000:1000::/home/node:/bin/sh' >>"$root/fs/etc/passwd"
echo 'node:x:1000:' >>"$root/fs/etc/group"
rm -rf "$root"/fs/usr/local/*.md "$root"/fs/var/cache/apt/* "$root"/fs/var/lib/apt/lists/* "$root"/fs/usr/share/{man,locale}/*
find "$root/fs/usr/share/doc" -type f ! -name copyright -delete
tar -C "$root/fs" -c . | docker import --platform "linux/$arch" --change 'CMD ["node"]' - "$stand_in" >/dev/null
