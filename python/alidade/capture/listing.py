"""The verb list: every source that can be captured by name."""

import fnmatch
import importlib.util


def torchvision_names() -> list[str]:
    from alidade.capture.torchvision_ops import import_torchvision
    return import_torchvision().models.list_models()


def timm_names() -> list[str]:
    from alidade.capture.sources.timm import import_timm
    return import_timm().list_models()


def hf_names() -> list[str]:
    from alidade.capture.sources.hf import known_models
    return list(known_models())


def ultralytics_names() -> list[str]:
    from alidade.capture.sources.ultralytics import yaml_names
    return yaml_names()


def keras_names() -> list[str]:
    from alidade.capture.sources.keras import keras_names as names
    return names()


KINDS = {"torchvision": ("torchvision", torchvision_names), "timm": ("timm", timm_names),
         "hf": ("transformers", hf_names), "ultralytics": ("ultralytics", ultralytics_names),
         "keras": ("keras", keras_names)}


def sources(wanted: str = "") -> list[str]:
    """All sources whose name holds `wanted`, or fits it where it has a * or ?."""
    pattern = wanted if set(wanted) & set("*?[") else f"*{wanted}*"
    found = []
    for kind, (package, names) in KINDS.items():
        if asks_for_another(wanted, kind) or not importlib.util.find_spec(package):
            continue
        found += [f"{kind}:{name}" for name in names()
                  if fnmatch.fnmatch(name, pattern) or fnmatch.fnmatch(f"{kind}:{name}", pattern)]
    return found


def asks_for_another(wanted: str, kind: str) -> bool:
    asked, colon, _ = wanted.partition(":")
    return bool(colon) and asked in KINDS and asked != kind


def missing() -> list[str]:
    """Packages that would offer more."""
    return [package for package, _ in KINDS.values() if not importlib.util.find_spec(package)]
