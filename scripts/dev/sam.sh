#!/usr/bin/env bash
# Prints the path of the SAM CLI: the one in PATH, or one installed from PyPI into .sam/.
set -euo pipefail
cd "$(dirname "$0")/../.."
command -v sam && exit 0
if [ ! -x .sam/bin/sam ]; then
  python3 -m venv .sam
  .sam/bin/pip install --quiet --disable-pip-version-check aws-sam-cli==1.170.0
fi
echo "$PWD/.sam/bin/sam"
