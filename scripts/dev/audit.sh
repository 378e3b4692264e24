#!/usr/bin/env bash
# Checks the contents of the image.
set -euo pipefail
cd "$(dirname "$0")/../.."

usage='Usage: npm run image:audit

Checks the contents of the image resnet50: known vulnerabilities of its npm packages, their signatures, and pending Debian
updates. Needs Docker and the image. If a registry does not answer, says so and continues.

Examples:
  npm run image:audit

  --help  prints this text

Exit codes: 0 no findings; 1 a high or critical vulnerability, or a wrong signature; 2 wrong usage; 130 interrupted'
case ${1:-} in
  '') ;;
  --help) echo "$usage"; exit ;;
  *) echo "Expected no arguments, got $1"$'\n'"${usage%%$'\n'*}" >&2; exit 2 ;;
esac

. scripts/dev/require.sh
require_docker
docker image inspect resnet50 >/dev/null 2>&1 || { echo 'The image resnet50 is not there. Build it first: npm run image' >&2; exit 1; }

audit() { # folder
  # npm fails both for known vulnerabilities and for network errors. Its report tells them apart.
  # shellcheck disable=SC2016 # the program is JavaScript
  { npm audit --prefix "$1" --omit=dev --fetch-retries=0 --json 2>/dev/null || true; } | node -e '
    const { metadata, message, error } = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
    const [, folder] = process.argv;
    if (!metadata) console.log(`npm audit ${folder}: no answer (${message ?? error?.summary})`);
    else {
      const { high, critical, total } = metadata.vulnerabilities;
      console.log(`npm audit ${folder}: ${total} known, ${high} high, ${critical} critical`);
      process.exitCode = high + critical > 0 ? 1 : 0;
    }
  ' "$1"
}
audit . || failed=1
audit scripts/image/client || failed=1

if signatures=$(npm audit signatures --fetch-retries=0 2>&1); then
  grep -E 'verified|audited' <<<"$signatures"
elif network=$(grep -oE 'request to .* failed, reason: .*|E?40[0-9] .*' <<<"$signatures"); then
  echo "npm audit signatures: no answer ($(head -1 <<<"$network"))"
else
  echo "$signatures"
  failed=1
fi

# The image has no apt, so the build stage that has apt checks the image's list of packages.
TAG=resnet50:apt TARGET=system scripts/image/build.sh >/dev/null 2>&1
pending=$(docker run --rm --entrypoint node resnet50 --print 'fs.readFileSync("/var/lib/dpkg/status", "utf8")' \
  | docker run --rm --interactive --network host resnet50:apt sh -c \
    'cat >/var/lib/dpkg/status && apt-get update -qq && apt list --upgradable 2>/dev/null | grep -c "upgradable from" || true')
echo "Debian: ${pending:-an unknown number of} updates available for a new build"
exit "${failed:-0}"
