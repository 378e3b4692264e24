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
from_pypi .cache/aws-cli awscli==1.46.3
node scripts/programs/aws-commands.ts | .cache/aws-cli/bin/python scripts/programs/aws_commands.py
