"""Read the weights of a PyTorch model without PyTorch."""

import pickle
from collections import OrderedDict
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

# torch.save wrote this before PyTorch 1.6 made it write zip files.
MAGIC = 0x1950A86A20F9469CFC6C
PROTOCOL = 1001
STORAGES = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}


class StateDictUnpickler(pickle.Unpickler):
    """Finds only what a dictionary of tensors needs, since a pickle can call every function that it finds."""

    def __init__(self, file: BinaryIO, storages: dict[str, np.ndarray]):
        super().__init__(file)
        self.storages = storages

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return view_of_storage
        if module == "torch" and name in STORAGES:
            return STORAGES[name]
        raise pickle.UnpicklingError(f"expected a dictionary of tensors, got {module}.{name}")

    def persistent_load(self, reference: tuple[Any, ...]) -> np.ndarray:
        _, dtype, key, _, length, *_ = reference
        return self.storages.setdefault(key, np.empty(length, dtype))


def view_of_storage(
    storage: np.ndarray, start: int, shape: tuple[int, ...], strides: tuple[int, ...], *_: object
) -> np.ndarray:
    """Return a tensor whose values are in a storage. Strides count values, not bytes."""
    in_bytes = [stride * storage.itemsize for stride in strides]
    return np.ndarray(shape, storage.dtype, storage.data, start * storage.itemsize, in_bytes)


def read_state_dict(path: Path) -> dict[str, np.ndarray]:
    """Read a file that torch.save wrote before PyTorch 1.6: some pickles, then the bytes of each storage."""
    storages: dict[str, np.ndarray] = {}
    with path.open("rb") as file:
        if (pickle.load(file), pickle.load(file)) != (MAGIC, PROTOCOL):
            raise SystemExit(f"expected a file of PyTorch's old format, got {path}")
        pickle.load(file)  # the sizes of C's types
        tensors = StateDictUnpickler(file, storages).load()
        for key in pickle.load(file):
            file.seek(8, 1)  # the number of values
            file.readinto(storages[key])
    return tensors
