"""Which models are covered."""

import re

KINDS = {"torchvision": "all torchvision models", "timm": "300 timm architectures, chosen evenly over the list",
         "hf": "transformers configs of the package", "ultralytics": "the smallest of each ultralytics family"}
TIMM = 300


def chosen(kind: str) -> list[str]:
    from alidade.capture.listing import KINDS as LISTED
    names = LISTED[kind][1]()
    if kind == "timm":
        names = [names[i * len(names) // TIMM] for i in range(TIMM)]
    if kind == "ultralytics":
        names = smallest(names)
    return [f"{kind}:{name}" for name in names]


def smallest(names: list[str]) -> list[str]:
    families = {re.sub(r"^(yoloe-|yolo)(v?\d+)([slmx](?=$|-))", r"\1\2n", name) for name in names}
    return sorted(families & set(names))
