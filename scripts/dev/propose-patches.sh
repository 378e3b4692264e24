#!/usr/bin/env bash
# Opens a pull request with the Dockerfile that `npm run image:patch` has changed, or updates the one that is open.
# A step of .github/workflows/patches.yml: needs gh with GH_TOKEN, which may write contents and pull requests.
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
if [ "$(gh pr list --head "$branch" --state open --json number --jq length)" = 0 ]; then
  gh pr create --head "$branch" --title "$title" --body 'The newest base image, and Debian packages of today. Close and reopen this pull request to start its checks. Then merge it, and deploy or release it.'
fi
