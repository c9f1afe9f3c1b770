"""hf:bert-base-uncased and other well-known names, or a local folder with a config.json; random weights, no network."""

import json
import os
import pathlib

from alidade.capture.faults import CaptureError, did_you_mean
from alidade.capture.inputs import Inputs
from alidade.capture.sources.hf_inputs import INPUTS, TEXT, guess_kind
from alidade.capture.sources.source import Source
from alidade.capture.torchvision_ops import import_torchvision

TABLE = pathlib.Path(__file__).with_name("hf_models.json")


def known_models() -> dict[str, dict]:
    """Full name -> class, config, kind of inputs, published number of parameters, values of the config."""
    return json.loads(TABLE.read_text())


def names_of(full: str, entry: dict) -> list[str]:
    """`google-bert/bert-base-uncased` is `bert-base-uncased`, too."""
    return [full, full.rpartition("/")[2], *entry.get("also", [])]


def find(name: str) -> tuple[str, dict]:
    models = known_models()
    last = name.rpartition("/")[2].lower()
    for full, entry in models.items():
        if name.lower() == full.lower() or last in (short.lower() for short in names_of(full, entry)[1:]):
            return full, entry
    short = [alias for full, entry in models.items() for alias in names_of(full, entry)[1:]]
    raise CaptureError(f'the package has no config for "{name}"{did_you_mean(last, short)}', f"hf:{name}",
                       "alidade-capture list hf: shows all; a folder with the model's config.json works as well")


def without_cache(config, _) -> str:
    config.use_cache = False
    return "sdpa"


class HuggingFace(Source):
    """`hf:NAME` or `hf:NAME:Class`, the class being one of transformers."""

    prefix = "hf"
    packages = ("transformers",)

    def __init__(self, model: str):
        super().__init__(model)
        name, colon, chosen = model.rpartition(":")
        self.named, self.chosen = (name, chosen) if colon else (model, "")
        self.folder = pathlib.Path(self.named) if (pathlib.Path(self.named) / "config.json").is_file() else None
        self.full, self.entry = (self.named, {}) if self.folder else find(self.named)

    @property
    def title(self) -> str:
        return self.folder.resolve().name if self.folder else self.full.rpartition("/")[2]

    @property
    def symbols(self) -> tuple[str, ...]:
        if not self.folder:
            return ("batch", "seq") if self.entry["kind"] in TEXT else ()
        values = json.loads((self.folder / "config.json").read_text())
        return () if {"image_size", "num_mel_bins", "conv_dim", "backbone"} & values.keys() else ("batch", "seq")

    def fingerprint(self) -> str:
        return (self.folder / "config.json").read_text() if self.folder else json.dumps(self.entry)

    def build(self, prepare=without_cache):
        """`prepare` sets what else the config has to say, and names the attention."""
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
        import_torchvision()
        import transformers
        config = transformers.AutoConfig.from_pretrained(self.folder) if self.folder else self.config(transformers)
        config._attn_implementation = prepare(config, self.model_class(transformers, config))
        try:
            return self.model_class(transformers, config)._from_config(config)
        except ValueError:  # a model that has no sdpa attention
            config._attn_implementation = "eager"
            return self.model_class(transformers, config)._from_config(config)

    def config(self, transformers):
        values = dict(self.entry["values"])
        labels = {"num_labels": values.pop("num_labels")} if "num_labels" in values else {}
        return getattr(transformers, self.entry["config"])(**values, **labels)

    def model_class(self, transformers, config):
        name = self.chosen or self.entry.get("class") or (getattr(config, "architectures", None) or [""])[0]
        if not name:
            return transformers.MODEL_MAPPING[type(config)]
        if not hasattr(transformers, name):
            raise CaptureError(f'transformers has no class "{name}"', self.name, "name one of its model classes")
        return getattr(transformers, name)

    def inputs(self, model) -> Inputs:
        return INPUTS[self.entry.get("kind") or guess_kind(model)](model.config)
