#!/usr/bin/env bash
# Builds the image resnet50. Brings what the build cannot download.
set -euo pipefail
cd "$(dirname "$0")/../.."

usage='Usage: npm run image -- [amd64|arm64] [--stages]

Builds the image resnet50 for the architecture of the Docker engine, or for the given one as resnet50:ARCH.

Examples:
  npm run image
  npm run image -- arm64
  MODELS=efficientnet-lite2 npm run image

  --stages     gives it the models of all stages that the pipeline deploys, as cdk.json has them: one image for all of them
  TAG          environment variable: another name for the image
  MODELS       environment variable: the folders in models/ that the image gets, with commas between them; it loads the first
  TARGET       environment variable: the stage of the Dockerfile to stop at
  BUILD_CACHE  environment variable: a folder in which layers are kept for the next build; needs buildx with a builder of its own
  --help       prints this text

Exit codes: 0 done; 1 failed; 2 wrong usage; 130 interrupted'
arch='' stages=''
for argument; do
  case $argument in
    amd64 | arm64) arch=$argument ;;
    --stages) stages=1 ;;
    --help) echo "$usage"; exit ;;
    *) echo "Expected amd64, arm64 or --stages, got $argument"$'\n'"${usage%%$'\n'*}" >&2; exit 2 ;;
  esac
done

. scripts/dev/require.sh
require_docker
own=$(docker version --format '{{.Server.Arch}}')
arch=${arch:-$own}
tag=${TAG:-resnet50}
if [ "$arch" != "$own" ]; then tag=resnet50:$arch; fi

if [ -n "$stages" ]; then MODELS=$(node scripts/programs/pipeline-models.ts); fi
models=
if [ -n "${MODELS:-}" ]; then
  first=${MODELS%%,*}
  others=${MODELS#"$first"}
  models="--build-arg MODEL=$first --build-arg OTHER_MODELS=${others#,}"
fi

build='docker build'
if [ -n "${BUILD_CACHE:-}" ]; then
  build="docker buildx build --load --cache-from type=local,src=$BUILD_CACHE --cache-to type=local,dest=$BUILD_CACHE.new,mode=max"
fi
# Lambda takes no index of images, which BuildKit's own attestations would make.
export BUILDX_NO_DEFAULT_ATTESTATIONS=1

scripts/dev/rie.sh
base=$(scripts/dev/base-image.sh "$arch")
# shellcheck disable=SC2086 # the command and the build arguments are words
$build --network=host --platform "linux/$arch" $base $models ${TARGET:+--target "$TARGET"} \
  --build-arg VERSION="$(node -p 'require("./package.json").version')" \
  --build-arg REVISION="$(git rev-parse HEAD 2>/dev/null || echo unknown)" \
  --build-arg SOURCE="${SOURCE:-}" \
  --tag "$tag" .

# BuildKit only adds to a cache. The one of this build has what the next one needs.
if [ -n "${BUILD_CACHE:-}" ]; then
  rm -rf "$BUILD_CACHE"
  mv "$BUILD_CACHE.new" "$BUILD_CACHE"
fi
