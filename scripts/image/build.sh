#!/usr/bin/env bash
# Builds the image resnet50. Brings what the build cannot download.
set -euo pipefail
cd "$(dirname "$0")/../.."

usage='Usage: npm run image -- [amd64|arm64]

Builds the image resnet50 for the architecture of the Docker engine, or for the given one as resnet50:ARCH.

  TAG     environment variable: another name for the image
  MODELS  environment variable: the folders in models/ that the image gets, with commas between them; it loads the first
  TARGET  environment variable: the stage of the Dockerfile to stop at
  --help  prints this text

Exit codes: 0 done; 1 failed; 2 wrong usage'
case ${1:-} in
  '' | amd64 | arm64) ;;
  --help) echo "$usage"; exit ;;
  *) echo "Expected amd64 or arm64, got $1"$'\n'"${usage%%$'\n'*}" >&2; exit 2 ;;
esac

own=$(docker version --format '{{.Server.Arch}}')
arch=${1:-$own}
tag=${TAG:-resnet50}
if [ "$arch" != "$own" ]; then tag=resnet50:$arch; fi

models=
if [ -n "${MODELS:-}" ]; then
  first=${MODELS%%,*}
  others=${MODELS#"$first"}
  models="--build-arg MODEL=$first --build-arg OTHER_MODELS=${others#,}"
fi

scripts/dev/rie.sh
base=$(scripts/dev/base-image.sh "$arch")
# shellcheck disable=SC2086 # the build arguments are words
docker build --network=host --platform "linux/$arch" $base $models ${TARGET:+--target "$TARGET"} \
  --build-arg VERSION="$(node -p 'require("./package.json").version')" \
  --build-arg REVISION="$(git rev-parse HEAD 2>/dev/null || echo unknown)" \
  --build-arg SOURCE="${SOURCE:-}" \
  --tag "$tag" .
