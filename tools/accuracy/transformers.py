"""Transformers from layer lists, as their libraries write them; readers of NVIDIA's BERT and of Neuron's encoders."""

import dataclasses

from rows import Row, UnreadableRow, records

SIZES = {"f32": 4, "f16": 2, "bf16": 2}


@dataclasses.dataclass(frozen=True, slots=True)
class Transformer:
    hidden: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    decoder: bool = False  # causal, norms before, a head behind
    packed: bool = False  # queries, keys and values are one product
    activation: str = "gelu"  # also: relu, and gelu_new, which is eight operators
    fused_attention: bool = False
    shared_layers: bool = False  # all layers have the weights of the first
    quantised: bool = False  # operands of products with weights are in 8 bits

    def flops(self, tokens, length):
        each = 2.0 * tokens * (4 * self.hidden**2 + 2 * self.hidden * self.inner) + 4.0 * tokens * length * self.hidden
        return self.layers * each + (2.0 * tokens * self.hidden * self.vocabulary if self.decoder else 0.0)

    def weights(self):
        each = 4 * self.hidden**2 + 2 * self.hidden * self.inner
        return each * (1 if self.shared_layers else self.layers) + self.vocabulary * self.hidden


class Writer:
    """Adds a transformer to a graph, operator by operator."""

    def __init__(self, graph, prefix, config, batch, length, dtype):
        self.graph, self.prefix, self.config = graph, prefix, config
        self.batch, self.length, self.dtype = batch, length, dtype
        self.rows = [batch, length, config.hidden]
        self.weights = {}
        self.small = set()  # tensors that come out of 8 bits
        self.count = 0

    def op(self, op, operands, dims, **attributes):
        self.count += 1
        return self.graph.node(f"{self.prefix}.{op}{self.count}", op, operands, self.dtype, dims, **attributes)

    def weight(self, name, *dims):
        if name not in self.weights:
            self.weights[name] = self.graph.parameter(f"{self.prefix}.{name}", self.dtype, *dims)
        return self.weights[name]

    def linear(self, name, x, n, k):
        if self.config.quantised:
            stored = self.graph.parameter(f"{self.prefix}.{name}.w", "i8", n, k)
            x, weight = self.in_8_bits(x, k), self.op("dequantize", [stored, self.scalar("scale")], [n, k])
        else:
            weight = self.weight(f"{name}.w", n, k)
        return self.op("linear", [x, weight, self.weight(f"{name}.b", n)], [self.batch, self.length, n], transpose_b=1)

    def in_8_bits(self, x, width):
        """A tensor as it comes out of 8 bits; of a norm also for the sum behind it, as engines keep it."""
        if x in self.small:
            return x
        dims, scale = [self.batch, self.length, width], self.scalar("scale")
        small = self.graph.node(f"{x[1:]}.q", "quantize", [x, scale], "i8", dims)
        self.small.add(out := self.op("dequantize", [small, scale], dims))
        return out

    def norm(self, name, x):
        hidden = self.config.hidden
        out = self.op("layer_norm", [x, self.weight(f"{name}.w", hidden), self.weight(f"{name}.b", hidden)], self.rows,
                      axis=2)
        return self.in_8_bits(out, hidden) if self.config.quantised else out

    def heads(self, x, turned=False):
        """[batch, heads, length, width]; turned: width before length."""
        count = self.config.heads
        width = self.config.hidden // count
        split = self.op("reshape", [x], [self.batch, self.length, count, width])
        if turned:
            return self.op("transpose", [split], [self.batch, count, width, self.length], perm=[0, 2, 3, 1])
        return self.op("transpose", [split], [self.batch, count, self.length, width], perm=[0, 2, 1, 3])

    def parts(self, layer, x):
        hidden = self.config.hidden
        if not self.config.packed:
            return [self.linear(f"{layer}.{name}", x, hidden, hidden) for name in ("q", "k", "v")]
        all_of = self.linear(f"{layer}.qkv", x, 3 * hidden, hidden)
        return [self.op("slice", [all_of], self.rows, axes=[2], starts=[i * hidden], ends=[(i + 1) * hidden], steps=[1])
                for i in range(3)]

    def attention(self, layer, x):
        config = self.config
        width = config.hidden // config.heads
        query, key, value = self.parts(layer, x)
        dims = [self.batch, config.heads, self.length, width]
        if config.fused_attention:
            seen = self.op("attention", [self.heads(query), self.heads(key), self.heads(value)], dims,
                           heads=config.heads, kv_heads=config.heads, causal=int(config.decoder))
        else:
            scores = [self.batch, config.heads, self.length, self.length]
            raw = self.op("matmul", [self.heads(query), self.heads(key, turned=True)], scores)
            scaled = self.op("mul", [raw, self.scalar("scale")], scores)
            masked = self.op("add", [scaled, self.mask()], scores)
            shares = self.op("softmax", [masked], scores, axes=[3])
            seen = self.op("matmul", [shares, self.heads(value)], dims)
        turned = self.op("transpose", [seen], [self.batch, self.length, config.heads, width], perm=[0, 2, 1, 3])
        joined = self.op("reshape", [turned], self.rows)
        return self.linear(f"{layer}.o", joined, config.hidden, config.hidden)

    def scalar(self, name):
        return self.weight(name, 1)

    def mask(self):
        return self.weight("mask", 1, 1, self.length if self.config.decoder else 1, self.length)

    def activation(self, x):
        dims = [self.batch, self.length, self.config.inner]
        if self.config.activation != "gelu_new":
            return self.op(self.config.activation, [x], dims)
        cube = self.op("mul", [self.op("pow", [x, self.scalar("three")], dims), self.scalar("factor")], dims)
        bent = self.op("tanh", [self.op("mul", [self.op("add", [x, cube], dims), self.scalar("root")], dims)], dims)
        return self.op("mul", [self.op("mul", [x, self.scalar("half")], dims),
                               self.op("add", [bent, self.scalar("one")], dims)], dims)

    def feed_forward(self, layer, x):
        config = self.config
        inner = self.activation(self.linear(f"{layer}.up", x, config.inner, config.hidden))
        return self.linear(f"{layer}.down", inner, config.hidden, config.inner)

    def layer(self, layer, x):
        if self.config.decoder:
            x = self.op("add", [x, self.attention(layer, self.norm(f"{layer}.n1", x))], self.rows)
            return self.op("add", [x, self.feed_forward(layer, self.norm(f"{layer}.n2", x))], self.rows)
        x = self.norm(f"{layer}.n1", self.op("add", [x, self.attention(layer, x)], self.rows))
        return self.norm(f"{layer}.n2", self.op("add", [x, self.feed_forward(layer, x)], self.rows))

    def write(self):
        config = self.config
        ids = self.graph.input(f"{self.prefix}.ids", "i64", self.batch, self.length)
        table = self.weight("table", config.vocabulary, config.hidden)
        x = self.op("embedding", [table, ids], self.rows, axes=[0])
        x = self.op("add", [x, self.weight("places", self.length, config.hidden)], self.rows)
        if not config.decoder:
            x = self.norm("first", x)
        for i in range(config.layers):
            x = self.layer("l0" if config.shared_layers else f"l{i}", x)
        if config.decoder:
            x = self.op("linear", [self.norm("last", x), table], [self.batch, self.length, config.vocabulary],
                        transpose_b=1)
        self.graph.result(x)


def network(config, batch, length, dtype, family, seconds, arithmetic):
    """A row of a whole transformer."""
    size, tokens = SIZES[dtype], batch * length
    return Row(family=family, seconds=seconds, flops=config.flops(tokens, length),
               bytes=float(size) * (config.weights() + 2 * config.layers * tokens * config.hidden),
               arithmetic=arithmetic,
               build=lambda graph, prefix: Writer(graph, prefix, config, batch, length, dtype).write())


BERT_BASE = Transformer(768, 12, 12, 3072, 30522)
BERT_LARGE = Transformer(1024, 24, 16, 4096, 30522)

def tensorrt_bert(rows, device, precision):
    """NVIDIA's engines; sparse weights are scored as dense ones, as no device file has a peak for them."""
    for record in rows:
        if record["device_heading"] != device or not record["precision"].startswith(precision):
            continue
        size = BERT_BASE if "base" in record["model"].lower() else BERT_LARGE
        config = dataclasses.replace(size, packed=True, fused_attention=True, quantised=precision == "INT8")
        yield network(config, int(record["batch"]), int(record["seqlen"]), "f16", record["model"] + record["seqlen"],
                      float(record["avg_ms"]) / 1e3, "i8" if precision == "INT8" else "f16")


NEURON_ENCODERS = {
    "albert-base-v2": dataclasses.replace(BERT_BASE, shared_layers=True, vocabulary=30000),
    "bert-base-uncased": BERT_BASE,
    "bert-large-uncased": BERT_LARGE,
    "distilbert-base-uncased": dataclasses.replace(BERT_BASE, layers=6),
    "google/electra-base-discriminator": BERT_BASE,
    "roberta-base": dataclasses.replace(BERT_BASE, vocabulary=50265),
    "roberta-large": dataclasses.replace(BERT_LARGE, vocabulary=50265),
}


def neuron_encoders(folder):
    for kind in ("latency", "throughput"):
        for record in records(folder / f"inf2_{kind}_data_encoder.csv"):
            if record["Inst. Type"] != "Inf2.xlarge":
                continue
            config, name = NEURON_ENCODERS.get(record["Model"]), record["Model"]
            if config is None:
                yield UnreadableRow(f"no layer list for {name}")
                continue
            batch = int(record["Batch Size"])
            yield network(config, batch, int(record["Sequence Length"]), "bf16", name.split("/")[-1].split("-")[0],
                          neuron_seconds(record, batch, "Throughput (inference/second)"), "bf16")


def neuron_seconds(record, batch, throughput):
    """A chip has two cores that work on requests of their own: where more wait, the latency is that of a queue."""
    return min(float(record["Latency P50 (ms)"]) / 1e3, 2 * batch / float(record[throughput]))
