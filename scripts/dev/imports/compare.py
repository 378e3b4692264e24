"""Compare the probabilities of the service with those of the library that a model was exported from.

Prints a line for each model and photo. Fails if a probability differs by more than the tolerance.

Example: python compare.py exports examples/cat.png examples/cat.jpg
"""

import json
import sys
from pathlib import Path

# Filters round differently by one of 255 steps in some pixels.
TOLERANCE = 0.005
# So do decoders of JPEG, all in the same direction, which models with random weights amplify.
TOLERANCE_OF_JPEG = 0.02


def read_rows(path: Path) -> list[list[float]]:
    """Return the probabilities of each photo."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def main() -> None:
    exports, *photos = map(Path, sys.argv[1:])
    is_right = True
    for expected_path in sorted(exports.glob("*/expected.jsonl")):
        folder = expected_path.parent
        for photo, expected, actual in zip(
            photos, read_rows(expected_path), read_rows(folder / "actual.jsonl"), strict=True
        ):
            difference = max(abs(one - other) for one, other in zip(expected, actual, strict=True))
            tolerance = TOLERANCE_OF_JPEG if photo.suffix == ".jpg" else TOLERANCE
            same_top = expected.index(max(expected)) == actual.index(max(actual))
            is_right = is_right and same_top and difference <= tolerance
            print(
                f"{folder.name:22} {photo.name}: {'the same' if same_top else 'ANOTHER'} top-1 class "
                f"({max(expected):.4f}), largest difference {difference:.5f} (at most {tolerance})"
            )
    raise SystemExit(0 if is_right else 1)


if __name__ == "__main__":
    main()
