"""Export small models of torchvision, timm and transformers with random weights, and what they say of photos.

Writes a folder for each model:

- model.onnx, and the configuration files that the library writes beside it
- options: what `npm run model:import` must be told besides, one word a line
- expected.jsonl: the probability of each class, by the library's own preprocessing and model, one line a photo

Example: python export.py --output exports examples/cat.png examples/cat.jpg
"""

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import torch
from PIL import Image

CLASSES = 1000
# The spread of the logits. Random weights alone make all classes about equally probable.
SPREAD = 3.0

Photos = list[Image.Image]


def logits_of(model: torch.nn.Module, images: torch.Tensor) -> torch.Tensor:
    """Return the logits [images, classes]; models of transformers wrap them."""
    output = model(images)
    return getattr(output, "logits", output)


@torch.no_grad()
def write_expected(folder: Path, model: torch.nn.Module, head: torch.nn.Linear, images: torch.Tensor) -> None:
    """Make the logits differ as much as those of a trained model, and write the probabilities."""
    head.bias.zero_()
    head.weight.mul_(SPREAD / logits_of(model, images).std())
    rows = logits_of(model, images).double().softmax(1).tolist()
    (folder / "expected.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


def write_graph(folder: Path, model: torch.nn.Module, images: torch.Tensor) -> None:
    """Write model.onnx for any number of images, as docs/your-model.md does."""
    torch.onnx.export(
        model,
        (images,),
        folder / "model.onnx",
        input_names=["input"],
        output_names=["logits"],
        dynamic_shapes=({0: torch.export.Dim("batch")},),
        verbose=False,
    )


def torchvision_model(name: str, head: Callable[[torch.nn.Module], torch.nn.Linear]):
    def make(folder: Path, photos: Photos) -> None:
        import torchvision

        model = torchvision.models.get_model(name).eval()
        weights = torchvision.models.get_model_weights(name).IMAGENET1K_V1
        images = torch.stack([weights.transforms()(photo) for photo in photos])
        write_expected(folder, model, head(model), images)
        write_graph(folder, model, images)
        labels = folder / "labels.txt"
        labels.write_text("\n".join(weights.meta["categories"]))
        (folder / "options").write_text(f"--preset\ntorchvision\n--labels\n{labels}\n")

    return make


def timm_model(name: str):
    def make(folder: Path, photos: Photos) -> None:
        import timm
        from timm.models._hub import save_config_for_hf

        model = timm.create_model(name).eval()
        transform = timm.data.create_transform(**timm.data.resolve_model_data_config(model))
        images = torch.stack([transform(photo) for photo in photos])
        write_expected(folder, model, model.get_classifier(), images)
        write_graph(folder, model, images)
        names = timm.data.ImageNetInfo()
        labels = {
            "label_names": names.label_names(),
            "label_descriptions": names.label_descriptions(as_dict=True),
        }
        save_config_for_hf(model, str(folder / "config.json"), model_config=labels)

    return make


def transformers_model(family: str, config: dict, processor_class: str, processor: dict):
    def make(folder: Path, photos: Photos) -> None:
        import transformers
        from optimum.exporters.onnx import main_export

        names = {index: f"class {index}" for index in range(CLASSES)}
        ids = {name: index for index, name in names.items()}
        configuration = getattr(transformers, f"{family}Config")(**config, id2label=names, label2id=ids)
        model = getattr(transformers, f"{family}ForImageClassification")(configuration).eval()
        processing = getattr(transformers, processor_class)(**processor)
        images = processing(photos, return_tensors="pt")["pixel_values"]
        head = [module for module in model.modules() if isinstance(module, torch.nn.Linear)][-1]
        write_expected(folder, model, head, images)
        source = folder / "source"
        model.save_pretrained(source)
        processing.save_pretrained(source)
        # What optimum-cli export onnx runs.
        main_export(str(source), folder, task="image-classification", do_validation=False)

    return make


SMALL = {"hidden_sizes": [16, 32, 64, 128], "depths": [1, 1, 1, 1]}
MODELS = {
    "torchvision-resnet18": torchvision_model("resnet18", lambda model: model.fc),
    "torchvision-mobilenet": torchvision_model("mobilenet_v3_small", lambda model: model.classifier[-1]),
    "timm-efficientnet": timm_model("efficientnet_b0"),
    "timm-vit": timm_model("vit_tiny_patch16_224"),
    "transformers-vit": transformers_model(
        "ViT",
        {"hidden_size": 64, "num_hidden_layers": 3, "num_attention_heads": 4, "intermediate_size": 128},
        "ViTImageProcessor",
        {"size": {"height": 224, "width": 224}},
    ),
    "transformers-resnet": transformers_model(
        "ResNet",
        {"embedding_size": 16, **SMALL},
        "ConvNextImageProcessor",
        {"size": {"shortest_edge": 224}, "crop_pct": 0.875, "resample": Image.Resampling.BICUBIC},
    ),
    "transformers-convnext": transformers_model(
        "ConvNext",
        {"image_size": 384, **SMALL},
        "ConvNextImageProcessor",
        {"size": {"shortest_edge": 384}},
    ),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, required=True, help="folder for the exports")
    parser.add_argument("--models", nargs="*", choices=MODELS, help="which; without it, all")
    parser.add_argument("photos", type=Path, nargs="+", help="the photos to classify")
    args = parser.parse_args()

    photos = [Image.open(path).convert("RGB") for path in args.photos]
    for name in args.models or MODELS:
        torch.manual_seed(0)
        folder = args.output / name
        folder.mkdir(parents=True, exist_ok=True)
        MODELS[name](folder, photos)
        print(f"Exported {name}", flush=True)


if __name__ == "__main__":
    main()
