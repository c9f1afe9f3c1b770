"""What Qualcomm publishes of its models on its devices: how many layers run on the NPU."""

import dataclasses
import zlib

from image_networks import WRITTEN
from rows import UnreadableRow, family_of

# Networks of the same name elsewhere: of timm with the size, of torchvision, of transformers.
GRAPHS = {
    "bert_base_uncased_hf": "hf:google-bert/bert-base-uncased", "beit": "timm:beit_base_patch16_224@224",
    "convnext_base": "timm:convnext_base@224", "convnext_tiny": "timm:convnext_tiny@224",
    "densenet121": "timm:densenet121@224", "dla102x": "timm:dla102x@224",
    "efficientnet_b0": "timm:efficientnet_b0@224", "efficientnet_b4": "timm:efficientnet_b4@320",
    "efficientnet_v2_s": "timm:efficientnetv2_s@384", "efficientvit_b2_cls": "timm:efficientvit_b2@224",
    "efficientvit_l2_cls": "timm:efficientvit_l2@224",
    "electra_bert_base_discrim_google": "hf:google/electra-base-discriminator",
    "fcn_resnet50": "torchvision:fcn_resnet50", "googlenet": "torchvision:googlenet",
    "inception_v3": "timm:inception_v3@299", "levit": "timm:levit_128s@224", "mnasnet05": "timm:mnasnet_050@224",
    "mobile_vit": "timm:mobilevit_s@256", "mobilenet_v2": "timm:mobilenetv2_100@224",
    "mobilenet_v3_large": "timm:mobilenetv3_large_100@224", "mobilenet_v3_small": "timm:mobilenetv3_small_100@224",
    "nasnet": "timm:nasnetalarge@331", "openai_clip": "hf:openai/clip-vit-base-patch32",
    "regnet": "timm:regnetx_032@224", "regnet_y_800mf": "timm:regnety_008_tv@224", "resnet101": "timm:resnet101@224",
    "resnet18": "timm:resnet18@224", "resnet50": "timm:resnet50@224", "resnet_2plus1d": "torchvision:r2plus1d_18",
    "resnet_3d": "torchvision:r3d_18", "resnet_mixed": "torchvision:mc3_18",
    "resnext101": "timm:resnext101_32x8d@224", "resnext50": "timm:resnext50_32x4d@224",
    "segformer_base": "hf:nvidia/segformer-b0-finetuned-ade-512-512", "sequencer2d": "timm:sequencer2d_s@224",
    "shufflenet_v2": "torchvision:shufflenet_v2_x0_5", "squeezenet1_1": "torchvision:squeezenet1_1",
    "swin_base": "timm:swin_base_patch4_window7_224@224", "swin_small": "timm:swin_small_patch4_window7_224@224",
    "swin_tiny": "timm:swin_tiny_patch4_window7_224@224", "vit": "timm:vit_base_patch16_224@224",
    "wideresnet50": "timm:wide_resnet50_2@224",
}

# What runs a model: the others are names of Qualcomm's own compiler, which takes it as a whole.
RUNTIMES = {"onnx": "ONNX Runtime", "tflite": "LiteRT"}
COMPILED = "compiled as a whole"


@dataclasses.dataclass(frozen=True, slots=True)
class Layers:
    """A row: of how many layers how many ran on the NPU."""

    model: str
    component: str
    runtime: str
    precision: str
    device: str
    total: int
    npu: int
    floats: bool = True  # the device has runs in floats

    @property
    def held_out(self):
        """Of a family that no rule was learnt from."""
        return zlib.crc32(family_of(self.model).encode()) & 1 == 1

    @property
    def share(self):
        return self.npu / self.total

    @property
    def kind(self):
        """"whole", "split", or "elsewhere": the runtime did without the NPU."""
        return "elsewhere" if self.npu == 0 else "whole" if self.npu == self.total else "split"

    @property
    def way(self):
        return RUNTIMES.get(self.runtime, COMPILED)

    @property
    def target(self):
        """Of --target."""
        if self.runtime == "onnx":
            return "qualcomm_htp_onnx" + ("_w8a16" if self.precision.startswith("w8a16") else "")
        return "qualcomm_htp" + ("_litert_integer" if self.runtime == "tflite" and not self.floats else "")

    @property
    def numbers(self):
        """The word of --dtype."""
        return "f16" if self.precision == "float" else "i8"


def layers(rows):
    rows = list(rows)
    with_floats = {record["device"] for record in rows if record["precision"] == "float"}
    for record in rows:
        if int(record["layers_total"] or 0) > 0:
            yield Layers(record["model"], record["component"], record["runtime"], record["precision"],
                         record["device"], int(record["layers_total"]), int(record["layers_npu"] or 0),
                         record["device"] in with_floats)


def graph_of(model, graphs, folder):
    """The file of a network; `graphs` are the captured ones, `folder` has those that are written here."""
    if model in WRITTEN:
        file = folder / f"{model}.alg"
        file.write_text(WRITTEN[model](), encoding="utf-8")
        return file
    source, _, name = GRAPHS.get(model, "").partition(":")
    if source == "timm":
        return graphs.of(*name.split("@"))
    if source:
        return graphs.capture(f"{source}:{name}")
    raise UnreadableRow(f"no graph of {model}")
