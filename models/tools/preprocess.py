"""Reference preprocessing: what a model's manifest says, done with Pillow and NumPy.

These are the steps of torchvision's ``ImageClassification`` preset: resize, crop the centre,
normalise each channel. PyTorch and torchvision need not be installed. The service must produce the
same numbers.

``preprocessing`` is always that part of a manifest. PRESET is that of the repository's ResNet-50.
"""

import json
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

PRESET = {
    "resize": {"shortSide": 256, "interpolation": "bilinear", "antialias": True},
    "crop": 224,
    "mean": [0.485, 0.456, 0.406],
    "std": [0.229, 0.224, 0.225],
}
# When Pillow shrinks an image, it widens the filter. This is the antialiasing of the presets.
FILTERS = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}
IMAGE_SUFFIXES = {".bmp", ".gif", ".jpeg", ".jpg", ".png", ".webp"}


def read_preprocessing(manifest: Path | None) -> dict:
    """Return that part of a manifest.json, or PRESET without one."""
    return PRESET if manifest is None else json.loads(manifest.read_text(encoding="utf-8"))["preprocessing"]


def resized_size(width: int, height: int, resize: dict) -> tuple[int, int]:
    """Return (width, height) after resizing; of a picture that keeps its ratio, the long side is truncated."""
    if "exactSide" in resize:
        return resize["exactSide"], resize["exactSide"]
    side = resize["shortSide"]
    if width <= height:
        return side, int(side * height / width)
    return int(side * width / height), side


def central_crop_offset(length: int, crop: int) -> int:
    """Return where the crop starts along one side; Python's round() sends .5 to the even number."""
    return int(round((length - crop) / 2.0))


def upright_rgb(path: Path) -> Image.Image:
    """Decode an image, turn it upright and put what is transparent over white."""
    with Image.open(path) as encoded:
        image = ImageOps.exif_transpose(encoded)
    if image.has_transparency_data:
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image.convert("RGBA"))
    return image.convert("RGB")


def crop_pixels(path: Path, preprocessing: dict = PRESET) -> np.ndarray:
    """Decode an image, resize and crop it; return uint8 pixels [crop, crop, 3] in RGB order."""
    image = upright_rgb(path)
    resize, crop = preprocessing["resize"], preprocessing["crop"]
    image = image.resize(resized_size(*image.size, resize), FILTERS[resize["interpolation"]])
    left = central_crop_offset(image.width, crop)
    top = central_crop_offset(image.height, crop)
    return np.asarray(image.crop((left, top, left + crop, top + crop)))


def normalise(pixels: np.ndarray, preprocessing: dict = PRESET) -> np.ndarray:
    """Turn uint8 pixels [crop, crop, 3] into a float32 input [1, 3, crop, crop]."""
    mean = np.array(preprocessing["mean"], dtype=np.float32)
    std = np.array(preprocessing["std"], dtype=np.float32)
    if "rescale" in preprocessing:
        # As transformers does: in float64, and rounded to float32 before the mean is subtracted.
        values = (pixels.astype(np.float64) * preprocessing["rescale"]).astype(np.float32)
    else:
        values = pixels.astype(np.float32) / np.float32(255)
    return np.ascontiguousarray(((values - mean) / std).transpose(2, 0, 1))[np.newaxis]


def model_input(path: Path, preprocessing: dict = PRESET) -> np.ndarray:
    """Return the float32 input [1, 3, crop, crop] for one image file."""
    return normalise(crop_pixels(path, preprocessing), preprocessing)


def image_files(folder: Path) -> list[Path]:
    """Return the image files directly inside a folder, sorted by name, so that runs are repeatable."""
    files = sorted(p for p in folder.iterdir() if p.suffix.lower() in IMAGE_SUFFIXES)
    if not files:
        raise SystemExit(f"no images in {folder}")
    return files
