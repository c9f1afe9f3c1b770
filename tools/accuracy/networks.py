"""Readers of measured networks whose graphs were captured: --graphs DIR has NAME@SIZE.pt2, here or one folder down."""

import json
import os
import pathlib
import subprocess

from devices import ROOT
from rows import Row, UnreadableRow, UnreadableSet, family_of, records
from transformers import neuron_seconds


class Graphs:
    """The captured networks of a folder; others are captured where a Python with torch is at hand, and kept."""

    def __init__(self, folder, cache=None, python=None):
        found = [] if folder is None else sorted(pathlib.Path(folder).rglob("*@*.pt2"))
        self.files = {file.stem: file for file in found}
        self.cache, self.python = cache, python

    def capture(self, source):
        """A graph of "torchvision:resnet18", batch symbolic."""
        return self._made(source.replace(":", "-"), source, "--dynamic", "batch=0")

    def phases(self, source):
        """The decode phase of "hf:NAME"; that of the prompt is beside it."""
        name = source.partition(":")[2]
        self._made(f"{name}.prefill", source, "--phase", "prefill")
        return self._made(f"{name}.decode", source, "--phase", "decode")

    def training_step(self, source, sizes):
        """A step of "FILE.py:NAME" on tokens and labels of "2x8192"."""
        shape = sizes.replace("x", ",") + ":int64"
        file, _, name = source.partition(":")
        return self._made(f"{name}_{sizes}", f"{ROOT / file}:{name}", "--train-step", "--loss", "own",
                          "--input-shape", shape, "--input-shape", shape)

    def _made(self, name, source, *words):
        """A capture that is kept in the cache."""
        if self.cache is None:
            raise UnreadableSet(f"no graph of {source}, and no folder to keep one in")
        file = pathlib.Path(self.cache) / f"{name}.pt2"
        if not file.exists():
            if self.python is None:
                raise UnreadableSet(f"no graph of {source}; ./dev setup capture installs what captures it")
            file.parent.mkdir(parents=True, exist_ok=True)
            made = file.parent / f"{name}.part.pt2"
            command = [self.python, "-m", "alidade.capture", source, *words, "-o", str(made)]
            done = subprocess.run(command, capture_output=True, text=True, check=False,
                                  env=os.environ | {"PYTHONPATH": str(ROOT / "python")})
            if done.returncode != 0:
                raise UnreadableSet(f"{source} cannot be captured")
            made.rename(file)
        return file

    def of(self, name, size):
        file = self.files.get(f"{name}@{size}")
        if file is None:
            raise UnreadableRow(f"no graph {name}@{size}.pt2")
        return file

    def resized(self, name, size):
        """The file, and the shape of its input where only other sizes were captured."""
        if f"{name}@{size}" in self.files:
            return self.files[f"{name}@{size}"], None
        others = [file for stem, file in self.files.items() if stem.startswith(f"{name}@")]
        if not others:
            raise UnreadableRow(f"no graph {name}@{size}.pt2")
        return others[0], (3, int(size), int(size))

    def need_any(self):
        if not self.files:
            raise UnreadableSet("no captured graphs: --graphs DIR with NAME@SIZE.pt2 was not given, or has none")


def timm(rows, graphs, arithmetic, element_bytes):
    """timm's own benchmark: a step of `infer_batch_size` images."""
    graphs.need_any()
    for record in rows:
        batch, name = int(record["infer_batch_size"]), record["model"]
        try:
            path = graphs.of(name, record["infer_img_size"])
        except UnreadableRow as why:
            yield why
            continue
        known = bool(record["infer_gmacs"] and record["infer_macts"])
        moved = float(record["param_count"]) + 2 * float(record["infer_macts"] or 0) * batch
        yield Row(family=family_of(name), seconds=float(record["infer_step_time"]) / 1e3,
                  flops=2e9 * float(record["infer_gmacs"] or 0) * batch, bytes=element_bytes * 1e6 * moved,
                  arithmetic=arithmetic if known else "", path=path, batch=batch)


# Names of other collections: the network in timm, its size, GFLOPs of an image and millions of weights.
SAME_AS = {
    "resnet18": ("resnet18", 224, 3.6, 11.7), "resnet34": ("resnet34", 224, 7.3, 21.8),
    "resnet50": ("resnet50", 224, 8.2, 25.6), "resnet101": ("resnet101", 224, 15.6, 44.5),
    "resnet152": ("resnet152", 224, 23.0, 60.2), "mobilenet_v2": ("mobilenetv2_100", 224, 0.6, 3.5),
    "efficientnet_b0": ("efficientnet_b0", 224, 0.8, 5.3), "vgg11": ("vgg11", 224, 15.2, 132.9),
    "vgg16": ("vgg16", 224, 31.0, 138.4), "vit_b_16": ("vit_base_patch16_224", 224, 35.1, 86.6),
    "google/vit-base-patch16-224": ("vit_base_patch16_224", 224, 35.1, 86.6), "ResNet-18": ("resnet18", 224, 3.6, 11.7),
    "Inception-ResNet V2": ("inception_resnet_v2", 299, 26.4, 55.9), "MobileNet v1": ("mobilenetv1_100", 224, 1.2, 4.2),
    "MobileNet v2": ("mobilenetv2_100", 224, 0.6, 3.5), "ResNet-50 V1": ("resnet50", 299, 13.9, 25.6),
    "ResNet-50 V2": ("resnetv2_50", 299, 13.9, 25.6), "ResNet-152 V2": ("resnetv2_152", 299, 40.2, 60.2),
    "VGG16": ("vgg16", 224, 31.0, 138.4), "VGG19": ("vgg19", 224, 39.3, 143.7),
    "EfficientNet-EdgeTpu-S": ("efficientnet_es", 224, 3.6, 5.4),
    "EfficientNet-EdgeTpu-M": ("efficientnet_em", 240, 5.9, 6.9),
}


def known_network(graphs, name, batch, seconds, arithmetic, element_bytes):
    if name not in SAME_AS:
        raise UnreadableRow(f"no graph of {name}")
    same, size, gflops, weights = SAME_AS[name]
    path, image = graphs.resized(same, size)
    return Row(family=family_of(same), seconds=seconds, flops=1e9 * gflops * batch, bytes=element_bytes * 1e6 * weights,
               arithmetic=arithmetic, path=path, image=image, batch=batch)


def each(rows, read):
    """Rows, and the reason in place of one that cannot be read."""
    for record in rows:
        try:
            yield read(record)
        except UnreadableRow as why:
            yield why


def jetson(rows, graphs):
    """torchvision's networks, eager, batch 1, in fp32 with TF32 allowed."""
    def read(record):
        _, _, gflops, weights = SAME_AS[record["model"]]
        return Row(family=family_of(record["model"]), seconds=float(record["meas_ms"]) / 1e3, flops=1e9 * gflops,
                   bytes=4e6 * weights, arithmetic="tf32", path=graphs.capture("torchvision:" + record["model"]),
                   batch=int(record["batch"]))

    return each(rows, read)


def i7_networks(rows, graphs):
    graphs.need_any()
    return each(rows, lambda r: known_network(graphs, r["model"], int(r["batch"]), float(r["latency_ms"]) / 1e3, "f32",
                                              4))


def coral(rows, graphs, column):
    graphs.need_any()
    return each(rows, lambda r: known_network(graphs, r["model"], 1, float(r[column]) / 1e3, "i8", 1))


def neuron_images(folder, graphs):
    graphs.need_any()

    def read(record):
        batch = int(record["Batch Size"])
        seconds = neuron_seconds(record, batch, "Throughput (inference/sec)")
        return known_network(graphs, record["Model"], batch, seconds, "bf16", 2)

    for kind in ("latency", "throughput"):
        for name in ("vision_cnn", "vision_transformers"):
            rows = records(folder / f"inf2_{kind}_data_{name}.csv")
            yield from each([r for r in rows if r["Inst. Type"] == "Inf2.xlarge"], read)


def hailo(rows, graphs, device):
    """The model zoo of Hailo names networks of many collections; those that timm has under the same name are read."""
    graphs.need_any()

    def read(record):
        name = HAILO.get(record["network"], record["network"])
        path, image = graphs.resized(name, record["input_hwc"].split("x")[0])
        fps, gops, weights = (float(record[key]) for key in ("fps_batch1", "gops", "params_M"))
        return Row(family=family_of(name), seconds=1 / fps, flops=1e9 * gops, bytes=1e6 * weights, arithmetic="i8",
                   path=path, image=image, batch=1)

    return each([r for r in rows if r["device"] == device and r["fps_batch1"]], read)


HAILO = {
    "mobilenet_v1": "mobilenetv1_100", "mobilenet_v2_1.0": "mobilenetv2_100", "mobilenet_v2_1.4": "mobilenetv2_140",
    "resnet_v1_18": "resnet18", "resnet_v1_50": "resnet50", "regnetx_1.6gf": "regnetx_016",
    "regnetx_800mf": "regnetx_008", "vit_base": "vit_base_patch16_224", "vit_small": "vit_small_patch16_224",
    "swin_small": "swin_small_patch4_window7_224", "efficientnet_s": "efficientnet_es", "levit128": "levit_128",
    "levit192": "levit_192", "levit384": "levit_384",
}


def module_groups(rows, graphs):
    """Modules of torchvision's networks that were run one after the other, as torch.fx names them
    (columns of branes-ai/graphs)."""
    for record in rows:
        flops, moved = float(record["flops"]), float(record["bytes"])
        yield Row(family=record["model"], seconds=float(record["lat_ms_mean"]) / 1e3, flops=flops, bytes=moved,
                  arithmetic="f32", path=graphs.capture("torchvision:" + record["model"]), batch=int(record["batch"]),
                  parts=tuple(record["nodes"].split("+")))


def live_storages(path):
    """The most bytes that live storages of PyTorch hold, of the models that the frontends' tests have."""
    for name, peaks in json.loads(path.read_text(encoding="utf-8"))["models"].items():
        yield Row(family=name, seconds=0.0, flops=0.0, bytes=0.0, arithmetic="", peak_bytes=peaks["eager"],
                  path=ROOT / "tests" / "frontends" / "data" / f"{name}.pt2")
