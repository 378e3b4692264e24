#!/usr/bin/env bash
# Prints the path of the SAM CLI: the one in PATH, or one installed from PyPI into .sam/.
set -euo pipefail
cd "$(dirname "$0")/../.."
command -v sam && exit 0
. scripts/dev/require.sh
from_pypi .sam aws-sam-cli==1.170.0
echo "$PWD/.sam/bin/sam"
