#!/usr/bin/env bash
# Classifies image files and the images at URLs, and prints a table.
set -euo pipefail

max_attempts=5
# For all attempts of a request together.
max_seconds=60
# The service's limit.
batch_size=16

usage() {
  echo 'Usage: classify.sh [--url BASE] FILE_OR_URL...' >&2
  exit 2
}

is_url() { [[ $1 =~ ^https?:// ]]; }

base=http://localhost:8080
if [ "${1-}" = --url ]; then
  base=${2-}
  shift 2 || usage
fi
if [ $# -eq 0 ] || ! is_url "$base"; then usage; fi
while [[ $base == */ ]]; do base=${base%/}; done

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
touch "$work/rows" "$work/failures"

# curl reads them from its standard input, because other users can see its command line.
credentials() {
  [ -z "${API_KEY-}" ] || printf 'x-api-key: %s\n' "$API_KEY"
  [ -z "${API_TOKEN-}" ] || printf 'Authorization: Bearer %s\n' "$API_TOKEN"
}

# Prints what the problem details (RFC 9457) say, if the answer has any. Usage: failure STATUS
failure() {
  local text
  text=$(jq --raw-output 'objects | select(.code) | "\(.code): \(.detail)"' "$work/answer" 2>"$work/jq-errors") || true
  echo "${text:-expected problem details, got something else with status $1.}"
}

# Usage: post PATH CURL_OPTION...
# Sends a request until it is answered. Nothing is stored, so it may be sent again. The answer, or what went wrong, is in
# the file "answer" or "failure".
post() {
  local url=$base$1 deadline=$((SECONDS + max_seconds)) attempt=0 status retry_after error seconds milliseconds
  shift
  while true; do
    attempt=$((attempt + 1))
    {
      read -r status
      read -r retry_after
      read -r error
    } < <(credentials | curl --silent --header @- --max-time $((deadline > SECONDS ? deadline - SECONDS : 1)) --output "$work/answer" \
      --write-out '%{http_code}\n%header{retry-after}\n%{errormsg}\n' "$@" "$url")
    if [ -n "$error" ]; then
      echo "no answer from $url: $error." >"$work/failure"
    elif [ "$status" = 200 ]; then
      [ -s "$work/answer" ] && jq empty "$work/answer" 2>"$work/jq-errors" && return
      echo 'expected JSON, got something else with status 200.' >"$work/failure"
      return 1
    else
      failure "$status" >"$work/failure"
      [ "$status" = 429 ] || [ "$status" = 503 ] || return 1
    fi

    seconds=0
    [[ ! $retry_after =~ ^[0-9]{1,6}$ ]] || seconds=$((10#$retry_after))
    # Random, so that clients that were refused together do not come back together.
    milliseconds=$((RANDOM % (500 << (attempt - 1))))
    [ "$attempt" -lt "$max_attempts" ] && [ $((SECONDS + seconds + milliseconds / 1000)) -lt "$deadline" ] || return 1
    printf -v seconds '%d.%03d' $((seconds + milliseconds / 1000)) $((milliseconds % 1000))
    echo "$(<"$work/failure") Trying again in $seconds s." >&2
    sleep "$seconds"
  done
}

# If a request fails, all of its images do. Usage: fail NAME...
fail() {
  local name
  for name; do echo "$name: $(<"$work/failure")" >>"$work/failures"; done
}

is_readable() {
  [ -r "$1" ] || { echo "cannot read $1." >"$work/failure"; return 1; }
}

# Adds the one prediction of an answer to the table. Usage: add NAME
add() {
  jq --raw-output --arg name "$1" '.predictions[0] | [$name, .label, .probability] | @tsv' "$work/answer" >>"$work/rows"
}

classify_file() {
  is_readable "$1" || { fail "$1"; return; }
  if post '/predict?top_k=1' --header 'content-type: application/octet-stream' --data-binary "@$1"; then
    add "$1"
  else
    fail "$1"
  fi
}

classify_batch() {
  local form=() file quoted
  for file; do
    is_readable "$file" || { fail "$@"; return; }
    quoted=${file//\\/\\\\}
    form+=(--form "file=@\"${quoted//\"/\\\"}\"")
  done
  post '/predict/batch?top_k=1' "${form[@]}" || { fail "$@"; return; }
  jq --raw-output '.results[] | select(.predictions) | [$ARGS.positional[.index], .predictions[0].label, .predictions[0].probability] | @tsv' \
    "$work/answer" --args "$@" >>"$work/rows"
  jq --raw-output '.results[] | select(.problem) | "\($ARGS.positional[.index]): \(.problem.code): \(.problem.detail)"' \
    "$work/answer" --args "$@" >>"$work/failures"
}

classify_url() {
  jq --null-input --arg url "$1" '{ $url }' >"$work/body"
  if post '/predict/url?top_k=1' --header 'content-type: application/json' --data-binary "@$work/body"; then
    add "$1"
  else
    fail "$1"
  fi
}

files=()
urls=()
for image; do
  if is_url "$image"; then urls+=("$image"); else files+=("$image"); fi
done
for ((start = 0; start < ${#files[@]}; start += batch_size)); do
  batch=("${files[@]:start:batch_size}")
  if [ ${#batch[@]} -eq 1 ]; then classify_file "${batch[@]}"; else classify_batch "${batch[@]}"; fi
done
for ((index = 0; index < ${#urls[@]}; index += 1)); do classify_url "${urls[index]}"; done

if [ -s "$work/rows" ]; then
  awk -F '\t' '
    BEGIN { add("FILE", "LABEL", "PROBABILITY") }
    { add($1, $2, sprintf("%.4f", $3)) }
    END {
      format = "%-" widest[1] "s  %-" widest[2] "s  %s\n"
      for (row = 1; row <= rows; row++) printf format, names[row], labels[row], probabilities[row]
    }
    function add(name, label, probability) {
      names[++rows] = name
      labels[rows] = label
      probabilities[rows] = probability
      if (length(name) > widest[1]) widest[1] = length(name)
      if (length(label) > widest[2]) widest[2] = length(label)
    }
  ' "$work/rows"
fi
cat "$work/failures" >&2
[ ! -s "$work/failures" ]
