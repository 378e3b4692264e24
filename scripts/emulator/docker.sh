#!/usr/bin/env bash
# Docker, as the CDK CLI calls it for an asset (CDK_DOCKER), where AWS is an emulator: the names of its registry, such as
# 000000000000.dkr.ecr.us-east-1.amazonaws.com, lead nowhere, and the emulator itself is the registry. EMULATOR_REGISTRY
# is its address; the name of every image that was pushed goes into the file EMULATOR_IMAGES.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

case ${1:-} in
  login)
    # The emulator asks for no credentials, and those of the user are none of its business.
    cat >/dev/null
    ;;
  build)
    shift
    arch=amd64
    if [[ " $* " == *' linux/arm64 '* ]]; then arch=arm64; fi
    # What scripts/image/build.sh adds, for the same reasons.
    base=$("$here/dev/base-image.sh" "$arch")
    # shellcheck disable=SC2086 # the build arguments are words
    exec docker build --network=host $base "$@"
    ;;
  push)
    name=${!#}
    there=$EMULATOR_REGISTRY/${name#*/}
    docker tag "$name" "$there"
    docker push --quiet "$there"
    docker rmi "$there" >/dev/null
    echo "$name" >>"$EMULATOR_IMAGES"
    ;;
  *)
    exec docker "$@"
    ;;
esac
