#!/usr/bin/env bash
# Pushes the Dockerfile that `npm run image:patch` has changed to a branch, and opens an issue with a link that makes a pull
# request of it, unless there is one of them. A step of .github/workflows/patches.yml: needs gh with GH_TOKEN, which may
# write contents and issues and read pull requests.
set -euo pipefail
cd "$(dirname "$0")/../.."

branch=patches/image
title='Build the image with the newest security updates'

if git diff --quiet -- Dockerfile; then
  echo 'The image has the newest security updates already.'
  exit
fi
git switch --create "$branch"
git -c user.name='github-actions[bot]' -c user.email='41898282+github-actions[bot]@users.noreply.github.com' \
  commit --message "$title" -- Dockerfile
gh auth setup-git
git push --force origin "$branch"

link="$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/compare/$branch?quick_pull=1"
echo "To open the pull request: $link"
# Anybody may open others with this title, or from a branch of this name in a fork.
pulls=$(gh pr list --head "$branch" --state open --json isCrossRepository --jq 'map(select(.isCrossRepository | not)) | length')
issues=$(gh issue list --app github-actions --state open --json title --jq "map(select(.title == \"$title\")) | length")
if [ "$pulls" = 0 ] && [ "$issues" = 0 ]; then
  gh issue create --title "$title" --body "The branch \`$branch\` has the newest base image, and Debian packages of today. [Open a pull request]($link), merge it, and deploy or release it. Then close this issue."
fi
