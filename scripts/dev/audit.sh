#!/usr/bin/env bash
# Asks for known vulnerabilities of what the image holds: npm's packages, their signatures, Debian's updates. Fails where
# a high one is known or a signature is wrong; says so and goes on where nobody answers the question.
set -euo pipefail
cd "$(dirname "$0")/../.."

audit() { # folder
  # npm fails where vulnerabilities are known and where nobody answers; its report tells them apart.
  { npm audit --prefix "$1" --omit=dev --fetch-retries=0 --json 2>/dev/null || true; } | node -e '
    const { metadata, message, error } = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
    const [, folder] = process.argv;
    if (!metadata) console.log(`npm audit ${folder}: not answered (${message ?? error?.summary})`);
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
  echo "npm audit signatures: not answered ($(head -1 <<<"$network"))"
else
  echo "$signatures"
  failed=1
fi

# The image has no apt. The stage of its build that has one is asked about the image's list of packages, and not its own.
TAG=resnet50:apt TARGET=system scripts/image/build.sh >/dev/null 2>&1
pending=$(docker run --rm --entrypoint node resnet50 --print 'fs.readFileSync("/var/lib/dpkg/status", "utf8")' \
  | docker run --rm --interactive --network host resnet50:apt sh -c \
    'cat >/var/lib/dpkg/status && apt-get update -qq && apt list --upgradable 2>/dev/null | grep -c "upgradable from" || true')
echo "Debian: ${pending:-an unknown number of} updates that a new build would bring"
exit "${failed:-0}"
