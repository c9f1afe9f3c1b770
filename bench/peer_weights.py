"""peer_weights.py MODEL FOLDER: copies the model there, with a sparse file of zeros where its weights should lie."""

import shutil
import sys
from pathlib import Path

import onnx


def lengths(model: Path) -> dict[str, int]:
    """Name of each file that the model points into -> the bytes that it must have."""
    need: dict[str, int] = {}
    for tensor in onnx.load(model, load_external_data=False).graph.initializer:
        place = {entry.key: entry.value for entry in tensor.external_data}
        if place:
            end = int(place.get("offset", 0)) + int(place.get("length", 0))
            need[place["location"]] = max(end, need.get(place["location"], 0))
    return need


if __name__ == "__main__":
    source, folder = Path(sys.argv[1]), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, folder)
    for name, length in lengths(source).items():
        with (folder / name).open("wb") as weights:
            weights.truncate(length)
