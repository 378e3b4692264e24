#!/usr/bin/env bash
# Synthesises every stage as `npx cdk synth` would, without Docker and credentials, and lints the templates with cfn-lint
# from PyPI (.cfn-lint/).
set -euo pipefail
cd "$(dirname "$0")/../.."

if [ ! -x .cfn-lint/bin/cfn-lint ]; then
  python3 -m venv .cfn-lint
  .cfn-lint/bin/pip install --quiet --disable-pip-version-check cfn-lint==1.58.0
fi
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
for stage in local dev staging prod; do
  npx --no-install cdk synth --quiet --no-notices --context stage="$stage" --output "$out/$stage"
done
.cfn-lint/bin/cfn-lint "$out"/*/*.template.json
echo "cfn-lint: $(find "$out" -name '*.template.json' | wc -l) templates, no finding"
