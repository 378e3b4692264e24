"""Write the parity fixtures: the reference crop of each example photo, before normalisation.

The service decodes, resizes and crops with a different library. Its tests compare the service's
pixels with these. Each fixture is a raw file of 224 x 224 x 3 bytes, interleaved RGB, row by row.
index.json names the image that each was made from.

Example: python golden.py --root ../..
"""

import argparse
import json
from pathlib import Path

from preprocess import CROP, crop_pixels

EXAMPLES = Path("examples")
FIXTURES = Path("test/fixtures/parity")

# Lossless and lossy files, landscape and portrait, and a side that is resized by an uneven ratio.
SOURCES = ["astronaut.jpg", "cat.jpg", "cat.png", "espresso.jpg", "espresso.webp", "rocket.jpg"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path, required=True, help="root folder of the repository")
    args = parser.parse_args()

    folder = args.root / FIXTURES
    folder.mkdir(parents=True, exist_ok=True)
    index = []
    for name in SOURCES:
        golden = name.replace(".", "-") + ".rgb"
        (folder / golden).write_bytes(crop_pixels(args.root / EXAMPLES / name).tobytes())
        index.append({"source": f"{EXAMPLES.as_posix()}/{name}", "golden": golden, "width": CROP, "height": CROP})
    (folder / "index.json").write_text(json.dumps(index, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
