#!/usr/bin/env bash
# Checks the commands of the AWS CLI in the pages, which CI cannot run without an account.
set -euo pipefail
cd "$(dirname "$0")/../.."

usage='Usage: npm run lint:aws

Checks that the commands of the AWS CLI in README.md, docs/ and the other pages exist and have the options that they need. Calls
nothing. Takes the AWS CLI from PyPI (.cache/aws-cli/).

Examples:
  npm run lint:aws

  --help  prints this text

Exit codes: 0 no findings; 1 findings, or failed; 2 wrong usage; 130 interrupted'
case ${1:-} in
  '') ;;
  --help) echo "$usage"; exit ;;
  *) echo "Expected no arguments, got $1"$'\n'"${usage%%$'\n'*}" >&2; exit 2 ;;
esac

. scripts/dev/require.sh
require_python
# renovate: datasource=pypi depName=awscli
awscli=1.46.3
venv=.cache/aws-cli
if [ "$(cat "$venv/version" 2>/dev/null)" != "$awscli" ]; then
  rm -rf "$venv"
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check "awscli==$awscli"
  echo "$awscli" >"$venv/version"
fi
node scripts/programs/aws-commands.ts | "$venv/bin/python" scripts/programs/aws_commands.py
