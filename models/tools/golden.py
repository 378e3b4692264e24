"""Write the parity fixtures: what Pillow and NumPy make of photos, in every way that a manifest can ask for.

The service decodes, resizes and crops with other libraries. Its tests compare its pixels and tensors
with these. index.json says what each fixture was made from, and how. A crop is a raw file of
interleaved RGB, row by row; most have only every n-th pixel of every n-th row. A tensor is a raw file
of little-endian values in the layout of the input, for one image.

Example: python golden.py --root ../..
"""

import argparse
import json
from pathlib import Path

import numpy as np
from PIL import Image

from preprocess import PRESET, crop_pixels, model_input

EXAMPLES = "examples"
FIXTURES = "test/fixtures/parity"
ORIENTATION = 0x0112


def resize(interpolation: str, crop: int, **size: int) -> dict:
    """Return preprocessing whose normalisation does not matter."""
    return {**PRESET, "resize": {**size, "interpolation": interpolation, "antialias": True}, "crop": crop}


def crops() -> list[tuple[str, str, dict, int]]:
    """Return (name, source, preprocessing, n) of each crop."""
    photos = ["astronaut.jpg", "cat.jpg", "cat.png", "espresso.jpg", "espresso.webp", "rocket.jpg"]
    found = [(name.replace(".", "-"), f"{EXAMPLES}/{name}", PRESET, 1) for name in photos]
    for what, folder, sources, size, crop, filters in [
        # Two filters that real models use with a crop, and without one.
        ("292", EXAMPLES, ["cat.jpg", "cat.png"], {"shortSide": 292}, 260, ["bicubic"]),
        ("256", EXAMPLES, ["astronaut.jpg", "espresso.webp"], {"shortSide": 256}, 224, ["bicubic"]),
        ("224", EXAMPLES, ["espresso.jpg", "espresso.webp"], {"shortSide": 224}, 224, ["bicubic"]),
        ("exact", EXAMPLES, ["rocket.jpg", "cat.png"], {"exactSide": 224}, 224, ["bilinear", "bicubic"]),
        # So small that libvips shrinks by a whole number first, and that libjpeg can shrink.
        ("tiny", EXAMPLES, ["rocket.jpg", "cat.png"], {"shortSide": 48}, 48, ["bilinear", "bicubic"]),
        ("tiny", FIXTURES, ["turned.jpg"], {"shortSide": 36}, 36, ["bilinear", "bicubic"]),
        ("large", FIXTURES, ["small.png", "small.jpg"], {"shortSide": 256}, 224, ["bilinear", "bicubic"]),
        ("large", FIXTURES, ["tall.jpg", "wide.png"], {"shortSide": 256}, 224, ["bicubic"]),
        # One side becomes longer, the other shorter.
        ("exact", FIXTURES, ["tall.jpg", "wide.png"], {"exactSide": 224}, 224, ["bilinear", "bicubic"]),
        ("exact", FIXTURES, ["turned.jpg"], {"exactSide": 224}, 200, ["bicubic"]),
        ("64", FIXTURES, ["alpha.png"], {"shortSide": 64}, 56, ["bilinear", "bicubic"]),
    ]:
        for source in sources:
            for interpolation in filters:
                name = f"{source.replace('.', '-')}-{what}-{interpolation}"
                step = max(1, crop // 32)
                found.append((name, f"{folder}/{source}", resize(interpolation, crop, **size), step))
    return found


def tensors() -> list[tuple[str, str, dict, dict]]:
    """Return (name, source, preprocessing, input) of each tensor. The source is cropped but not resized."""
    source, crop = f"{FIXTURES}/small.png", 16
    same_size = {"resize": {"shortSide": 64, "interpolation": "bicubic", "antialias": True}, "crop": crop}
    torchvision = {**same_size, "mean": PRESET["mean"], "std": PRESET["std"]}
    tensorflow = {**same_size, "rescale": 1, "mean": [127] * 3, "std": [128] * 3}
    transformers = {**same_size, "rescale": 0.00392156862745098, "mean": PRESET["mean"], "std": PRESET["std"]}
    pixels = {**same_size, "rescale": 1, "mean": [0] * 3, "std": [1] * 3}
    shapes = {"NCHW": [None, 3, crop, crop], "NHWC": [None, crop, crop, 3]}
    return [
        (
            f"{name}-{layout.lower()}",
            source,
            preprocessing,
            {"name": "input", "dtype": dtype, "layout": layout, "shape": shapes[layout]},
        )
        for name, preprocessing, dtype in [
            ("torchvision", torchvision, "float32"),
            ("tensorflow", tensorflow, "float32"),
            ("transformers", transformers, "float32"),
            ("pixels", pixels, "uint8"),
        ]
        for layout in ("NCHW", "NHWC")
    ]


def write_sources(root: Path, folder: Path) -> None:
    """Cut small pictures of unusual kinds out of the examples."""

    def cut(name: str, left: int, top: int, width: int, height: int) -> Image.Image:
        with Image.open(root / EXAMPLES / name) as image:
            return image.convert("RGB").crop((left, top, left + width, top + height))

    cut("cat.png", 180, 70, 96, 64).save(folder / "small.png", optimize=True)
    cut("cat.png", 180, 70, 97, 75).save(folder / "small.jpg", quality=95)
    cut("rocket.jpg", 270, 0, 60, 427).save(folder / "tall.jpg", quality=95)
    cut("astronaut.jpg", 0, 140, 384, 30).save(folder / "wide.png", optimize=True)

    turned = Image.Exif()
    turned[ORIENTATION] = 6
    cut("espresso.jpg", 80, 30, 320, 180).save(folder / "turned.jpg", quality=90, exif=turned)

    alpha = cut("espresso.jpg", 200, 60, 120, 90)
    alpha.putalpha(Image.fromarray(np.tile(np.linspace(0, 255, 120).astype(np.uint8), (90, 1))))
    alpha.save(folder / "alpha.png", optimize=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path, required=True, help="root folder of the repository")
    args = parser.parse_args()

    folder = args.root / FIXTURES
    folder.mkdir(parents=True, exist_ok=True)
    write_sources(args.root, folder)
    index = {"crops": [], "tensors": []}
    for name, source, preprocessing, step in crops():
        pixels = crop_pixels(args.root / source, preprocessing)[::step, ::step]
        (folder / f"{name}.rgb").write_bytes(pixels.tobytes())
        geometry = {key: preprocessing[key] for key in ("resize", "crop")}
        index["crops"].append({"source": source, "golden": f"{name}.rgb", **geometry, "every": step})
    for name, source, preprocessing, model in tensors():
        tensor = model_input(args.root / source, preprocessing)
        if model["layout"] == "NHWC":
            tensor = tensor.transpose(0, 2, 3, 1)
        dtype = np.dtype(model["dtype"]).newbyteorder("<")
        (folder / f"{name}.tensor").write_bytes(tensor.astype(dtype).tobytes())
        case = {"source": source, "golden": f"{name}.tensor", "preprocessing": preprocessing, "input": model}
        index["tensors"].append(case)
    (folder / "index.json").write_text(json.dumps(index, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
