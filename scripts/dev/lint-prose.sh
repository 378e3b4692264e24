#!/usr/bin/env bash
# Lints the language of documents, comments and messages.
set -euo pipefail
cd "$(dirname "$0")/../.."

usage='Usage: npm run lint:prose -- [FILE...]

Lints English with Vale, by the rules in .vale/Plain/: in all Markdown files, and in the comments and messages of the code.
Takes Vale from PATH or compiles it (scripts/dev/go-tools.sh).

Examples:
  npm run lint:prose
  npm run lint:prose -- docs/jobs.md

  FILE    lints these files only
  --help  prints this text

Exit codes: 0 no findings; 1 findings, or failed; 2 wrong usage; 130 interrupted'
case ${1:-} in
  --help) echo "$usage"; exit ;;
  -*) echo "Expected files, got $1"$'\n'"${usage%%$'\n'*}" >&2; exit 2 ;;
esac

# Vale would lint the name of a missing file as text.
for file; do
  [ -e "$file" ] || { echo "Expected a file, got $file"$'\n'"${usage%%$'\n'*}" >&2; exit 2; }
done
files=("$@")
if [ $# = 0 ]; then
  while IFS= read -r file; do
    if [ -f "$file" ]; then files+=("$file"); fi
  done < <(git ls-files --cached --others --exclude-standard -- '*.md' '*.ts' '*.mjs' '*.js' ':!:test/**/*.ts')
fi
PATH=$(scripts/dev/go-tools.sh vale):$PATH
vale --no-global --output=line "${files[@]}" || { echo 'Each rule is explained in .vale/Plain/' >&2; exit 1; }
echo "vale: ${#files[@]} files, no findings"
