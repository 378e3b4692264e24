#!/bin/bash
# Copies the bundles that the image gets, and none of the others in the build context.
#   models.sh FROM TO NAMES       NAMES has commas between them
set -euo pipefail
from=$1 to=$2 names=$3

mkdir -p "$to"
IFS=,
for name in $names; do
  if [ ! -f "$from/$name/manifest.json" ]; then
    echo "Expected a model bundle in models/$name, got none. If you have it, add !models/$name to .dockerignore." >&2
    exit 1
  fi
  cp --archive "$from/$name" "$to"
done
