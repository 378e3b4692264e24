#!/usr/bin/env bash
# Downloads labelled photos for `npm run accuracy`.
set -euo pipefail
cd "$(dirname "$0")/../.."

usage='Usage: scripts/dev/photos.sh FOLDER

Downloads an archive of photos named nXXXXXXXX_*.JPEG, checks it, and unpacks it into FOLDER.

  PHOTOS_URL     environment variable: https:// URL of a .tar, .tar.gz, .tar.xz or .tar.zst
  PHOTOS_SHA256  environment variable: SHA-256 of the archive, in hex
  --help         prints this text

Exit codes: 0 done; 1 failed; 2 wrong usage; 130 interrupted'
case $#,${1:-} in
  *,--help) echo "$usage"; exit ;;
  1,*) ;;
  *) echo "Expected the name of a folder, got $# arguments"$'\n'"${usage%%$'\n'*}" >&2; exit 2 ;;
esac
: "${PHOTOS_URL:?expected the URL of an archive of photos}"
: "${PHOTOS_SHA256:?expected the SHA-256 of the archive at PHOTOS_URL}"

archive=$(mktemp)
trap 'rm -f "$archive"' EXIT
curl --fail --silent --show-error --location --proto '=https' --retry 3 --output "$archive" "$PHOTOS_URL"
read -r actual _ < <(sha256sum "$archive")
if [ "$actual" != "${PHOTOS_SHA256,,}" ]; then
  echo "Expected the archive at PHOTOS_URL to have the SHA-256 $PHOTOS_SHA256, got $actual" >&2
  exit 1
fi
mkdir -p "$1"
tar --extract --no-same-owner --file "$archive" --directory "$1"
echo "$1: $(find "$1" -type f -iname 'n*_*.jp*g' | wc -l) photos"
