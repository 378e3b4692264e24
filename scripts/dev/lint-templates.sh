#!/usr/bin/env bash
# Lints the templates of every stage and of the pipeline.
set -euo pipefail
cd "$(dirname "$0")/../.."

usage='Usage: npm run lint:templates

Synthesises every stage and the pipeline without Docker and credentials, and lints the templates with cfn-lint from PyPI
(.cfn-lint/).

Examples:
  npm run lint:templates

  --help  prints this text

Exit codes: 0 no findings; 1 findings, or failed; 2 wrong usage; 130 interrupted'
case ${1:-} in
  '') ;;
  --help) echo "$usage"; exit ;;
  *) echo "Expected no arguments, got $1"$'\n'"${usage%%$'\n'*}" >&2; exit 2 ;;
esac

. scripts/dev/require.sh
from_pypi .cfn-lint cfn-lint==1.58.0
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
synthesise_stages() {
  local stage
  for stage in local dev staging prod; do
    npx --no-install cdk synth --quiet --no-notices --context stage="$stage" --output "$out/$stage"
  done
}
# --context takes no objects, so the apps get their context from the variable that the CDK CLI sets.
synthesise_for_pipeline() { # app stage
  local context repository='{ github: { owner: "octo-org", ownerId: 1, repository: "classifier", repositoryId: 2 } }'
  context=$(node -p "JSON.stringify({ ...require('./cdk.json').context, stage: '$2', pipeline: $repository })")
  CDK_CONTEXT_JSON=$context CDK_OUTDIR="$out/$1-$2" npx --no-install node "bin/$1.ts"
}
synthesise_pipelines() {
  local stage
  for stage in dev staging prod; do synthesise_for_pipeline app "$stage"; done
  for stage in dev staging prod build; do synthesise_for_pipeline pipeline "$stage"; done
}
# Each takes one core.
synthesise_stages &
stages=$!
synthesise_pipelines
wait "$stages"
.cfn-lint/bin/cfn-lint "$out"/*/*.template.json || exit 1
echo "cfn-lint: $(find "$out" -name '*.template.json' | wc -l) templates, no findings"
