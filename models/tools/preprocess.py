"""Reference preprocessing: what torchvision's ImageNet preset does to a PIL image.

These are the steps of torchvision's ``ImageClassification`` preset: resize the short side to 256,
crop the central 224 x 224, normalise each channel. They use only Pillow and NumPy, so neither
PyTorch nor torchvision has to be installed. The service must produce the same numbers.
"""

from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

SHORT_SIDE = 256
CROP = 224
MEAN = np.array([0.485, 0.456, 0.406], dtype=np.float32)
STD = np.array([0.229, 0.224, 0.225], dtype=np.float32)
IMAGE_SUFFIXES = {".bmp", ".gif", ".jpeg", ".jpg", ".png", ".webp"}


def resized_size(width: int, height: int) -> tuple[int, int]:
    """Return (width, height) after the short side becomes 256; the long side is truncated."""
    if width <= height:
        return SHORT_SIDE, int(SHORT_SIDE * height / width)
    return int(SHORT_SIDE * width / height), SHORT_SIDE


def central_crop_offset(length: int) -> int:
    """Return where the crop starts along one side; Python's round() sends .5 to the even number."""
    return int(round((length - CROP) / 2.0))


def crop_pixels(path: Path) -> np.ndarray:
    """Decode an image, resize and crop it; return uint8 pixels [224, 224, 3] in RGB order."""
    with Image.open(path) as encoded:
        image = ImageOps.exif_transpose(encoded).convert("RGB")
    # When Pillow shrinks an image, BILINEAR widens its filter. This is the antialiasing of the preset.
    image = image.resize(resized_size(*image.size), Image.Resampling.BILINEAR)
    left = central_crop_offset(image.width)
    top = central_crop_offset(image.height)
    return np.asarray(image.crop((left, top, left + CROP, top + CROP)))


def normalise(pixels: np.ndarray) -> np.ndarray:
    """Turn uint8 pixels [224, 224, 3] into the model's float32 input [1, 3, 224, 224]."""
    scaled = (pixels.astype(np.float32) / np.float32(255) - MEAN) / STD
    return np.ascontiguousarray(scaled.transpose(2, 0, 1))[np.newaxis]


def model_input(path: Path) -> np.ndarray:
    """Return the float32 input [1, 3, 224, 224] for one image file."""
    return normalise(crop_pixels(path))


def image_files(folder: Path) -> list[Path]:
    """Return the image files directly inside a folder, sorted by name, so that runs are repeatable."""
    files = sorted(p for p in folder.iterdir() if p.suffix.lower() in IMAGE_SUFFIXES)
    if not files:
        raise SystemExit(f"no images in {folder}")
    return files
