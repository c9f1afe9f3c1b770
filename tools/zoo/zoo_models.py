"""The zoo: how each model is built and what goes into it. Both scripts read this one table."""

import dataclasses
from collections.abc import Callable

import torch
from torch import nn

# The compiled half of torchvision does not load beside every torch build; its Python half asks only that these exist.
for schema in ("nms(Tensor dets, Tensor scores, float iou) -> Tensor",
               "qnms(Tensor dets, Tensor scores, float iou) -> Tensor",
               "roi_align(Tensor x, Tensor rois, float scale, int h, int w, int ratio, bool aligned) -> Tensor"):
    try:
        torch.library.define("torchvision::" + schema.split("(")[0], "(" + schema.split("(", 1)[1])
    except RuntimeError:
        pass

import torchvision  # noqa: E402
import transformers  # noqa: E402
from mlp import MLP, MLPSortMid  # noqa: E402

SEED = 20_26


@dataclasses.dataclass(frozen=True)
class Entry:
    """One model: `build` makes it, `inputs` makes its keyword arguments from one point of `points`."""
    build: Callable[[], nn.Module]
    inputs: Callable[..., dict[str, torch.Tensor]]
    points: tuple[dict[str, int], ...] = ({},)
    dynamic_shapes: dict | None = None
    opset: int = 20
    source: str = "torchvision (BSD-3-Clause)"


def image(batch: int = 1) -> dict[str, torch.Tensor]:
    return {"x": torch.zeros(batch, 3, 224, 224)}


def row(batch: int = 32) -> dict[str, torch.Tensor]:
    return {"x": torch.zeros(batch, 784)}


def tokens(*names: str) -> Callable[..., dict[str, torch.Tensor]]:
    return lambda batch, seq: {name: torch.ones(batch, seq, dtype=torch.int64) for name in names}


def vision(name: str, **options) -> Entry:
    return Entry(lambda: torchvision.models.get_model(name, weights=None, **options), image)


def deeplab() -> nn.Module:
    return torchvision.models.get_model("deeplabv3_resnet50", weights=None, weights_backbone=None)


def bert() -> nn.Module:
    return transformers.BertModel(transformers.BertConfig(use_cache=False, attn_implementation="sdpa"))


def llama() -> nn.Module:
    config = transformers.LlamaConfig(
        vocab_size=4096, hidden_size=256, intermediate_size=688, num_hidden_layers=4, num_attention_heads=8,
        num_key_value_heads=2, max_position_embeddings=512, tie_word_embeddings=True, use_cache=False,
        attn_implementation="sdpa")
    return transformers.LlamaForCausalLM(config)


def symbolic(*names: str) -> dict:
    return {name: {0: "batch", 1: "seq"} for name in names}


BERT_INPUTS = ("input_ids", "attention_mask", "token_type_ids")
LLAMA_INPUTS = ("input_ids", "attention_mask")
TRANSFORMERS = "transformers (Apache-2.0)"
NEURON_GUIDE = "tools/zoo/mlp.py, after the torch-neuronx graph partitioner guide"

ZOO: dict[str, Entry] = {
    "resnet18": vision("resnet18"),
    "resnet50": vision("resnet50"),
    "mobilenet_v2": vision("mobilenet_v2"),
    "efficientnet_b0": vision("efficientnet_b0"),
    "vit_b_16": vision("vit_b_16"),
    "swin_t": vision("swin_t"),
    "bert_base": Entry(bert, tokens(*BERT_INPUTS), ({"batch": 1, "seq": 128}, {"batch": 8, "seq": 384}),
                       symbolic(*BERT_INPUTS), source=TRANSFORMERS),
    "llama_tiny": Entry(llama, tokens(*LLAMA_INPUTS), ({"batch": 1, "seq": 64}, {"batch": 2, "seq": 16}),
                        symbolic(*LLAMA_INPUTS), opset=23, source=TRANSFORMERS),
    "deeplabv3_resnet50": Entry(deeplab, image),
    "mlp_sort": Entry(MLP, row, source=NEURON_GUIDE),
    "mlp_sort_mid": Entry(MLPSortMid, row, source=NEURON_GUIDE),
}


def randomise(model: nn.Module) -> nn.Module:
    """Gives every weight values of its own, so that no exporter sees two equal tensors and merges them."""
    random = torch.Generator().manual_seed(SEED)
    with torch.no_grad():
        for name, value in [*model.named_parameters(), *model.named_buffers()]:
            if name.endswith("running_var"):
                value.uniform_(0.5, 1.5, generator=random)
            elif isinstance(value, nn.Parameter) or name.endswith("running_mean"):
                value.normal_(0.0, 0.05, generator=random)
    return model.eval()


def built(name: str) -> nn.Module:
    """The model with distinct weights, in eval mode, on the path that shows attention as separate operators."""
    torch.backends.mha.set_fastpath_enabled(False)
    torch.manual_seed(SEED)
    return randomise(ZOO[name].build())
