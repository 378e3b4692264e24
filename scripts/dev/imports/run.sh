#!/usr/bin/env bash
# Imports models of torchvision, timm and transformers, and compares the service's probabilities with those of the
# library itself. The models are small and have random weights, so that no model hub is needed.
set -euo pipefail
cd "$(dirname "$0")/../../.."

usage='Usage: scripts/dev/imports/run.sh [MODEL...]

Exports models with random weights, imports them with model:import, and compares the probabilities of two photos with
those of the library. Without names, all models of export.py.

Needs Python 3.11 or newer (PYTHON names it) and PyPI. PIP_EXTRA_INDEX_URL=https://download.pytorch.org/whl/cpu
downloads PyTorch without CUDA, which saves 4 GB. Everything goes to .cache/imports/, which Git ignores.

Exit codes: 0 the same probabilities; 1 others; 2 wrong usage; 130 interrupted'
case ${1:-} in
  -h | --help)
    echo "$usage"
    exit
    ;;
  -*)
    printf 'Expected names of models, got %s\n%s\n' "$1" "$usage" >&2
    exit 2
    ;;
esac

work=$PWD/.cache/imports
python=$work/venv/bin/python
photos=(examples/cat.png examples/cat.jpg)

mkdir -p "$work"
[ -x "$python" ] || "${PYTHON:-python3}" -m venv "$work/venv"
"$python" -m pip install --quiet --disable-pip-version-check --requirement scripts/dev/imports/requirements.txt

rm -rf "$work/exports" "$work/models"
models=()
[ $# -eq 0 ] || models=(--models "$@")
HF_HUB_OFFLINE=1 "$python" -W ignore scripts/dev/imports/export.py --output "$work/exports" "${photos[@]}" "${models[@]}"

for folder in "$work"/exports/*; do
  bundle=$work/models/$(basename "$folder")
  # Folders without configuration files have a file with options.
  options=()
  [ ! -f "$folder/options" ] || mapfile -t options <"$folder/options"
  node scripts/model-import.ts "$folder" --dir "$bundle" "${options[@]}"
  MODELS=$bundle node scripts/programs/probabilities.ts "${photos[@]}" >"$folder/actual.jsonl"
done
"$python" scripts/dev/imports/compare.py "$work/exports" "${photos[@]}"
