#!/usr/bin/env bash
# Builds the image resnet50, for the engine's own architecture or the one named; brings what cannot be downloaded.
# TAG names it otherwise, TARGET is a stage of the Dockerfile to stop at.
#   scripts/image/build.sh [amd64|arm64]
set -euo pipefail
cd "$(dirname "$0")/../.."

own=$(docker version --format '{{.Server.Arch}}')
arch=${1:-$own}
tag=${TAG:-resnet50}
if [ "$arch" != "$own" ]; then tag=resnet50:$arch; fi

scripts/dev/rie.sh
base=$(scripts/dev/base-image.sh "$arch")
# shellcheck disable=SC2086 # the build arguments are words
docker build --network=host --platform "linux/$arch" $base ${TARGET:+--target "$TARGET"} \
  --build-arg VERSION="$(node -p 'require("./package.json").version')" \
  --build-arg REVISION="$(git rev-parse HEAD 2>/dev/null || echo unknown)" \
  --build-arg SOURCE="${SOURCE:-}" \
  --tag "$tag" .
