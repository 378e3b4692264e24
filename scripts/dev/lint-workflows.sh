#!/usr/bin/env bash
# Lints the workflows and all shell scripts.
set -euo pipefail
cd "$(dirname "$0")/../.."

usage='Usage: npm run lint:workflows

Lints the workflows with actionlint and zizmor, and the shell scripts, the programs in .ci/ and the git hooks with shellcheck.
Takes actionlint from PATH or compiles it (scripts/dev/go-tools.sh), zizmor from PyPI (.cache/zizmor/), and shellcheck from
PATH or from Debian.

Examples:
  npm run lint:workflows

  --help  prints this text

Exit codes: 0 no findings; 1 findings, or failed; 2 wrong usage; 130 interrupted'
case ${1:-} in
  '') ;;
  --help) echo "$usage"; exit ;;
  *) echo "Expected no arguments, got $1"$'\n'"${usage%%$'\n'*}" >&2; exit 2 ;;
esac

. scripts/dev/require.sh
from_pypi .cache/zizmor zizmor==1.32.0
PATH=$(scripts/dev/go-tools.sh actionlint):$PATH:$(scripts/dev/debian-package.sh shellcheck)

# Scripts with another name than *.sh have a first line that names a shell.
scripts=()
while IFS= read -r file; do
  [ -f "$file" ] || continue
  case $file in
    *.sh) scripts+=("$file") ;;
    *) if [[ ${file##*/} != *.* ]] && head -n 1 "$file" | grep -qE '^#!.*[/ ](ba|da)?sh$'; then scripts+=("$file"); fi ;;
  esac
done < <(git ls-files --cached --others --exclude-standard)

findings=$(mktemp)
trap 'rm -f "$findings"' EXIT
failed=0
# actionlint runs shellcheck on each `run:`.
actionlint || failed=1
.cache/zizmor/bin/zizmor --pedantic --offline --quiet --no-progress --config .github/zizmor.yml .github >"$findings" \
  || { cat "$findings"; failed=1; }
shellcheck --external-sources "${scripts[@]}" || failed=1
if [ "$failed" = 1 ]; then exit 1; fi
workflows=(.github/workflows/*.yml)
echo "actionlint and zizmor: ${#workflows[@]} workflows, no findings; shellcheck: ${#scripts[@]} scripts, no findings"
