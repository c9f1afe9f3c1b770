"""A model of transformers in one of its phases."""

from alidade.capture.faults import CaptureError, did_you_mean
from alidade.capture.inputs import Inputs, TensorSpec
from alidade.capture.phases import PHASES
from alidade.capture.phases.attention import leave_latents, register
from alidade.capture.phases.cache import BATCH, LENGTH, Probe, described, forward, no_cache, one_length, only_last
from alidade.capture.sources.hf import HuggingFace
from alidade.capture.sources.source import Source


def in_phase(source: Source, phase: str) -> Source:
    """The source as it is asked for; nothing is built."""
    if not phase:
        return source
    if phase not in PHASES:
        raise CaptureError(f'there is no phase "{phase}"{did_you_mean(phase, PHASES)}', "--phase",
                           "say prefill or decode")
    if not isinstance(source, HuggingFace):
        raise CaptureError("phases are of language models of transformers", source.name,
                           "name one as hf:NAME, or capture this without --phase")
    return PhaseOfModel(source, phase)


class PhaseOfModel(Source):
    """prefill: tokens in, the cache out. decode: one token and the cache in, the cache with one token more out."""

    prefix = HuggingFace.prefix
    packages, install, devices = HuggingFace.packages, HuggingFace.install, ("meta",)

    def __init__(self, source: HuggingFace, phase: str):
        super().__init__(source.model)
        self.of, self.phase = source, phase
        self.tensors, self.places = [], []

    @property
    def title(self) -> str:
        return f"{self.of.title}.{self.phase}"

    @property
    def symbols(self) -> tuple[str, ...]:
        return ("batch", "seq") if self.phase == "prefill" else ("batch", "past")

    def fingerprint(self) -> str:
        return self.of.fingerprint() + self.phase

    def build(self):
        model = self.of.build(self.prepare)
        if not hasattr(model.config.get_text_config(), "use_cache"):
            raise no_cache(self.name)
        if self.phase == "decode":
            leave_latents(model)
        return model

    def prepare(self, config, model_class) -> str:
        """Sets what phases need; the attention to build with."""
        for one in (config, config.get_text_config()):
            one.use_cache = True
        return register(model_class)

    def inputs(self, model) -> Inputs:
        called, cache, self.tensors = described(model, self.name)
        probe = Probe(model, self.name)
        inputs = self.prompt(probe) if self.phase == "prefill" else self.token(probe, called, cache)
        self.places = self.output_places(model, inputs, called)
        return inputs

    def prompt(self, probe: Probe) -> Inputs:
        ids = TensorSpec("input_ids", (BATCH, LENGTH), "int64", ((0, "batch"), (1, "seq")), "ones")
        if not probe.encodes:
            return asked(probe, ids)
        start = TensorSpec("decoder_input_ids", (BATCH, 1), "int64", ((0, "batch"),), "ones")
        return asked(probe, source_of(probe) or ids, start)

    def token(self, probe: Probe, called: str, cache) -> Inputs:
        import torch
        from torch.utils._pytree import tree_map_only
        specs = iter([tensor.spec() for tensor in self.tensors])
        held = tree_map_only(torch.Tensor, lambda _: next(specs), cache)
        ids = TensorSpec("decoder_input_ids" if probe.encodes else "input_ids", (BATCH, 1), "int64", ((0, "batch"),),
                         "ones")
        inputs = asked(probe, ids)
        inputs.kwargs[called] = held
        probe.model.register_forward_pre_hook(one_length(self.tensors, called), with_kwargs=True)
        if probe.encodes:
            encoded = probe.run(BATCH, 1).encoder_last_hidden_state
            inputs.kwargs["encoder_outputs"] = (TensorSpec("encoder_outputs.0", tuple(encoded.shape)),)
        return inputs

    def output_places(self, model, inputs: Inputs, called: str) -> list[int]:
        """Where each tensor of the cache is among the tensors that the model gives."""
        import torch
        from torch.utils._pytree import tree_leaves

        from alidade.capture.containers import register as make_known
        out = forward(model, inputs.tensors("meta")[1], "meta")
        make_known(out)
        given = [id(leaf) for leaf in tree_leaves(out) if isinstance(leaf, torch.Tensor)]
        return [given.index(id(leaf)) for leaf in tree_leaves(getattr(out, called)) if isinstance(leaf, torch.Tensor)]

    def record(self) -> dict:
        """Which inputs and outputs are the cache, by their numbers."""
        cache = []
        for number, (tensor, place) in enumerate(zip(self.tensors, self.places, strict=True), 1):  # behind the token
            if tensor.shape:
                cache.append({**tensor.as_json(), "input": number if self.phase == "decode" else None, "output": place})
        return {"phase": self.phase, "cache": cache}


def source_of(probe: Probe) -> TensorSpec | None:
    """What the encoder takes where that is no text."""
    given = probe.source(BATCH, "meta")
    if "input_features" not in given:
        return None
    return TensorSpec("input_features", tuple(given["input_features"].shape))


def asked(probe: Probe, *specs: TensorSpec) -> Inputs:
    return Inputs((), {**{spec.name: spec for spec in specs}, "use_cache": True, **only_last(probe.model)})
