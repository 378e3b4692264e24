#!/usr/bin/env bash
# Replaces docker for the CDK CLI (CDK_DOCKER) when it deploys to the emulator. Registry names such as
# 000000000000.dkr.ecr.us-east-1.amazonaws.com do not resolve there, because the emulator itself is the
# registry. EMULATOR_REGISTRY is its address. The names of pushed images are appended to the file
# EMULATOR_IMAGES.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

case ${1:-} in
  login)
    # The emulator needs no credentials, and must not see the user's.
    cat >/dev/null
    ;;
  build)
    shift
    arch=amd64
    if [[ " $* " == *' linux/arm64 '* ]]; then arch=arm64; fi
    # The same arguments as in scripts/image/build.sh.
    base=$("$here/dev/base-image.sh" "$arch")
    # shellcheck disable=SC2086 # the build arguments are words
    exec docker build --network=host $base "$@"
    ;;
  push)
    name=${!#}
    there=$EMULATOR_REGISTRY/${name#*/}
    docker tag "$name" "$there"
    docker push --quiet "$there"
    printf '%s\n' "$name" "$there" >>"$EMULATOR_IMAGES"
    ;;
  *)
    exec docker "$@"
    ;;
esac
