"""What a model keeps between tokens: found by running it at several sizes on the meta device."""

import dataclasses
import inspect

from alidade.capture.build import as_if_compiled
from alidade.capture.containers import register
from alidade.capture.faults import CaptureError
from alidade.capture.inputs import TensorSpec

BATCH, SHORT, LENGTH, SOURCE = 3, 5, 37, 29  # sizes that no weight of a model has
CACHES = ("past_key_values", "cache_params")  # what transformers calls a cache


@dataclasses.dataclass(frozen=True)
class CacheTensor:
    """One tensor of a cache. Of kind `full` it grows by a row a token, `sliding` up to a window; `latent` rows are what
    keys and values are made of; a `state` keeps its size, and so does `cross`, which the encoder's output decides."""

    name: str
    kind: str
    axis: int | None  # of tokens
    window: int  # tokens that a sliding one sees, its own among them; 0: all
    shape: tuple[int, ...]
    axes: tuple[tuple[int, str], ...]
    dtype: str

    def spec(self) -> TensorSpec:
        return TensorSpec(self.name, self.shape, self.dtype, self.axes)

    def as_json(self) -> dict:
        return {"name": self.name, "kind": self.kind, "axis": self.axis, "window": self.window}


class Probe:
    """A model that can be asked for its cache after so many tokens."""

    def __init__(self, model, name: str):
        self.model, self.name = model, name
        self.encodes = bool(getattr(model.config, "is_encoder_decoder", False))

    def run(self, batch: int, length: int):
        import torch
        device = next(self.model.parameters()).device
        ids = torch.ones(batch, length, dtype=torch.long, device=device)
        inputs = {"decoder_input_ids": ids, **self.source(batch, device)} if self.encodes else {"input_ids": ids}
        return forward(self.model, {**inputs, "use_cache": True, **only_last(self.model)}, device)

    def source(self, batch: int, device) -> dict:
        import torch
        config = self.model.config
        if self.model.main_input_name == "input_features":
            shape = (batch, config.num_mel_bins, 2 * config.max_source_positions)
            return {"input_features": torch.zeros(shape, device=device)}
        return {"input_ids": torch.ones(batch, SOURCE, dtype=torch.long, device=device)}

    def cache(self, batch: int, length: int):
        """The cache and what it is called; an error where there is none."""
        out = self.run(batch, length)
        for name in CACHES:
            if (found := getattr(out, name, None)) is not None:
                register(found)
                return name, found
        raise no_cache(self.name)


def forward(model, inputs: dict, device):
    """One pass as if it were compiled: experts have kernels that take 32-bit numbers only so."""
    import torch
    with torch.no_grad(), torch.device(device), as_if_compiled():
        return model(**inputs)


def only_last(model) -> dict[str, int]:
    """Engines want the scores of the last token alone."""
    return {"logits_to_keep": 1} if "logits_to_keep" in inspect.signature(model.forward).parameters else {}


def no_cache(name: str) -> CaptureError:
    return CaptureError("this model keeps no cache between tokens, so it has no phases", name,
                        "capture it without --phase; phases are of decoders, as in hf:llama-3-8b --phase decode")


def longest_window(cache) -> int:
    """The largest of its layers' windows; 0 without any."""
    layers = getattr(getattr(cache, "self_attention_cache", cache), "layers", [])
    return max((getattr(layer, "sliding_window", None) or 0 for layer in layers), default=0)


def flat(cache) -> list[tuple[str, object]]:
    """Every tensor by its place, `layers.0.keys`."""
    from torch.utils._pytree import tree_flatten_with_path

    from alidade.capture.names import step_text
    return [(".".join(map(step_text, path)), leaf) for path, leaf in tree_flatten_with_path(cache)[0]
            if hasattr(leaf, "shape")]


def differing(a, b) -> int | None:
    return next((axis for axis, (x, y) in enumerate(zip(a.shape, b.shape, strict=True)) if x != y), None)


def described(model, name: str):
    """The cache after more tokens than its windows hold, its tensors, and what forward calls it."""
    probe = Probe(model, name)
    called, short = probe.cache(BATCH, SHORT)
    length = LENGTH + longest_window(short)
    cache = probe.cache(BATCH, length)[1]
    more, longer = flat(probe.cache(BATCH + 2, length)[1]), flat(probe.cache(BATCH, length + 4)[1])
    before = flat(short)
    latent = bool(getattr(model.config.get_text_config(), "kv_lora_rank", None))
    tensors = []
    for i, (place, value) in enumerate(flat(cache)):
        grows, slides = differing(value, longer[i][1]), differing(value, before[i][1])
        kind = kind_of(place, grows, slides, latent)
        axes = [(differing(value, more[i][1]), "batch"), (grows, "past")]
        tensors.append(CacheTensor(f"{called}.{place}", kind, slides if kind == "sliding" else grows,
                                   value.shape[slides] + 1 if kind == "sliding" else 0, tuple(value.shape),
                                   tuple((axis, which) for axis, which in axes if axis is not None),
                                   str(value.dtype).removeprefix("torch.")))
    return called, cache, tensors


def one_length(tensors: list[CacheTensor], called: str):
    """A hook in front of forward, for torch.export: every tensor that grows has the same length, and batch."""
    def check(_, args, kwargs) -> None:
        import torch
        if called not in kwargs:
            return
        values = [value for _, value in flat(kwargs[called])]
        for which in ("batch", "past"):
            sizes = [value.shape[axis] for value, tensor in zip(values, tensors, strict=True)
                     for axis, name in tensor.axes if name == which]
            for size in sizes[1:]:
                torch._check(size == sizes[0])
    return check


def kind_of(place: str, grows: int | None, slides: int | None, latent: bool) -> str:
    if place.startswith("cross_attention_cache"):
        return "cross"
    if grows is None:
        return "state" if slides is None else "sliding"
    return "latent" if latent else "full"
